#pragma once

// How the calling process ends, and how it parts from its parent.

namespace progeny::platform {

/// Writes out what the C and C++ streams of this process hold. Errors are ignored.
void flush_streams() noexcept;

/// Ends the process at once: nothing that was registered for its end runs.
[[noreturn]] void leave(int code) noexcept;

/// Has `exit(3)` call `end` with its code before anything that was registered earlier; `end` does
/// not return. Once in a process.
void take_over_exit(void (*end)(int code));

/// Gives the process an empty standard input, as a child has no business with its parent's.
void empty_standard_input() noexcept;

/// Leaves the process that started this one: this goes on as a copy that nobody has to reap, and
/// that no signal but SIGKILL and SIGSTOP reaches. Throws OSError.
void detach_from_parent();

}  // namespace progeny::platform
