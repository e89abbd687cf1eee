#pragma once

// How the calling process ends, and how it parts from its parent.

namespace progeny::platform {

/// Writes out the buffers of this process's C and C++ streams. Errors are ignored.
/// - Blocks: while a stream's reader does not read.
void flush_streams() noexcept;

/// Ends the process at once: no destructor and no function registered for its end runs.
[[noreturn]] void leave(int code) noexcept;

/// Has exit(3) call `end` with its code, before the functions that were registered earlier. `end`
/// must not return. To be called once in a process.
/// - Throws: std::bad_alloc.
void take_over_exit(void (*end)(int code));

/// Replaces standard input by an empty one: a child must not read its parent's input. Errors are
/// ignored.
void empty_standard_input() noexcept;

/// Parts from the process that started this one: the call returns in a copy of this process, and
/// this process ends. So the parent need not reap the copy. All signals are blocked in the copy;
/// only SIGKILL and SIGSTOP reach it.
/// - Throws: OSError with the call `fork`.
void detach_from_parent();

}  // namespace progeny::platform
