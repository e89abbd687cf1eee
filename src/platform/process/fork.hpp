#pragma once

// Copies of this process, and what must be different in a copy. Systems that cannot copy a process
// say so.

#include <progeny/base/handle.hpp>

#include <cstdint>
#include <mutex>

namespace progeny::platform {

/// Whether `fork_process` works here.
[[nodiscard]] bool can_fork() noexcept;

/// One side of a copy.
struct Copy {
  int pid = 0;     ///< The new process's number; 0 in the new process itself.
  Handle process;  ///< As `LaunchOutcome::process`; none in the new process.
};

/// Copies the calling process with the calling thread alone. Throws OSError with the call `fork`.
[[nodiscard]] Copy fork_process();

/// Number of threads of this process.
[[nodiscard]] int thread_count() noexcept;

/// How often the process has been copied on the way from the program's start to here: a number that
/// is another one in a child than it was in its parent. Always 0 where there are no copies.
[[nodiscard]] std::uint32_t fork_generation() noexcept;

/// What is called around each copying, also a host's, by the thread that copies.
struct ForkHooks {
  void (*before)() noexcept;
  void (*after_in_parent)() noexcept;
  void (*after_in_child)() noexcept;
};

/// Has `hooks` called from now on. Throws OSError. Does nothing where there are no copies.
void on_fork(const ForkHooks& hooks);

/// Has a mutex held by whoever copies this process, so that a copy finds it free, and what it
/// guards whole. Nobody may lock another such mutex while he has it. Throws OSError.
template <std::mutex& (*MutexOf)() noexcept>
void hold_across_forks() {
  on_fork({.before = []() noexcept { MutexOf().lock(); },
           .after_in_parent = []() noexcept { MutexOf().unlock(); },
           .after_in_child = []() noexcept { MutexOf().unlock(); }});
}

}  // namespace progeny::platform
