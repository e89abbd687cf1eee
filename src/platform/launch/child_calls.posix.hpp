#pragma once

// The system calls of child_exec, bare: no errno, no cancellation point, no interceptor of a
// sanitizer, no broadcast to other threads. Each returns 0 or the result, or -errno.

#include "platform/system/signal_mask.posix.hpp"

#include <cstddef>
#include <cstdint>

namespace progeny::platform::child_calls {

long chdir(const char* path) noexcept;
long close_on_exec_from(unsigned first, unsigned last) noexcept;
long dup_onto(int from, int to) noexcept;
long dup_above(int descriptor, int least) noexcept;
long execute(const char* path, char* const* arguments, char* const* environment) noexcept;
void exit_now(int status) noexcept;
long keep_on_exec(int descriptor) noexcept;
long mark_all_close_on_exec(const int* kept, std::size_t kept_count) noexcept;
long reset_handlers() noexcept;
long reset_signal(int signal) noexcept;
long set_groups(const std::uint32_t* groups, std::size_t count) noexcept;
long set_group(std::uint32_t group) noexcept;
long set_mask(SignalBits mask) noexcept;
long set_process_group(int group) noexcept;
long set_session() noexcept;
long set_terminal(int terminal) noexcept;
long set_umask(unsigned mask) noexcept;
long set_user(std::uint32_t user) noexcept;
long write_all(int descriptor, const void* bytes, std::size_t size) noexcept;

}  // namespace progeny::platform::child_calls
