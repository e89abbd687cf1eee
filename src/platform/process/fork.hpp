#pragma once

// Copies of this process by fork(2), and what must be different in a copy.

#include <progeny/base/handle.hpp>

#include <cstdint>
#include <mutex>

namespace progeny::platform {

/// Whether this system can copy processes.
[[nodiscard]] bool can_fork() noexcept;

/// What `fork_process` returns, in the original and in the copy.
struct Copy {
  int pid = 0;     ///< That of the copy. 0 in the copy itself.
  Handle process;  ///< Of the copy, as `LaunchOutcome::process`. None in the copy itself.
};

/// Copies the calling process. The copy has one thread, that of the caller. Throws OSError with the
/// call `fork`.
[[nodiscard]] Copy fork_process();

/// The number of threads of this process.
[[nodiscard]] int thread_count() noexcept;

/// The number of threads that the library has not started for itself. Those of its own do no harm
/// to a copy: they hold no lock that the forking thread does not wait for.
[[nodiscard]] int host_thread_count() noexcept;

/// How many forks lie between the start of the program and this process. A child has another number
/// than its parent. Always 0 where processes cannot be copied.
[[nodiscard]] std::uint32_t fork_generation() noexcept;

/// What the thread that forks calls around each fork(2), also of the host.
struct ForkHooks {
  void (*before)() noexcept;
  void (*after_in_parent)() noexcept;
  void (*after_in_child)() noexcept;
};

/// Has `hooks` called from now on, the last registered `before` first. They cannot be removed.
/// Throws OSError. Does nothing where processes cannot be copied.
void on_fork(const ForkHooks& hooks);

/// Has the thread that forks hold a mutex meanwhile, so that the child finds it free, and what it
/// guards in order. A thread that holds such a mutex must not lock another one: the forking thread
/// locks all of them, in an order of its own. Throws OSError.
template <std::mutex& (*MutexOf)() noexcept>
void hold_across_forks() {
  on_fork({.before = []() noexcept { MutexOf().lock(); },
           .after_in_parent = []() noexcept { MutexOf().unlock(); },
           .after_in_child = []() noexcept { MutexOf().unlock(); }});
}

}  // namespace progeny::platform
