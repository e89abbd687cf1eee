#pragma once

// The system calls of child_exec, bare: no cancellation point, no interceptor of a sanitizer, no
// broadcast to other threads. Each returns its result, or -errno. POSIX only.

#include "platform/system/signal_mask.posix.hpp"

#include <cstddef>
#include <cstdint>

namespace progeny::platform::child_calls {

/// chdir(2).
long chdir(const char* path) noexcept;
/// Sets all descriptors from `first` to `last` to be closed on exec, in one call.
long close_on_exec_from(unsigned first, unsigned last) noexcept;
/// Duplicates `from` as `to`, inheritable.
long dup_onto(int from, int to) noexcept;
/// Duplicates `descriptor` as the lowest free number from `least` on, closed on exec.
long dup_above(int descriptor, int least) noexcept;
/// execve(2).
long execute(const char* path, char* const* arguments, char* const* environment) noexcept;
/// Ends the child, and no thread of the parent.
void exit_now(int status) noexcept;
/// Makes a descriptor inheritable.
long keep_on_exec(int descriptor) noexcept;
/// Sets all descriptors above the standard streams, but those in `kept`, to be closed on exec, one
/// by one: those that /proc lists, or without it all below the limit of open files. Fails if that
/// limit cannot be found out (getrlimit(2)).
long mark_all_close_on_exec(const int* kept, std::size_t kept_count) noexcept;
/// Gives every signal with a handler its default disposition.
long reset_handlers() noexcept;
/// Gives one signal its default disposition.
long reset_signal(int signal) noexcept;
/// Sets the supplementary groups, of this thread alone.
long set_groups(const std::uint32_t* groups, std::size_t count) noexcept;
/// Sets all three group ids, of this thread alone.
long set_group(std::uint32_t group) noexcept;
/// Sets the signal mask.
long set_mask(SignalBits mask) noexcept;
/// setpgid(2) of the calling process.
long set_process_group(int group) noexcept;
/// setsid(2).
long set_session() noexcept;
/// Makes `terminal` the controlling terminal of the session.
long set_terminal(int terminal) noexcept;
/// umask(2).
long set_umask(unsigned mask) noexcept;
/// Sets all three user ids, of this thread alone.
long set_user(std::uint32_t user) noexcept;
/// write(2). The bytes are few enough for a pipe to take them in one piece.
long write_all(int descriptor, const void* bytes, std::size_t size) noexcept;

}  // namespace progeny::platform::child_calls
