#pragma once

// The ways of making the child that runs child_exec. POSIX only.

#include "platform/launch/child_exec.posix.hpp"

#include <cstdint>

namespace progeny::platform {

/// The ways, from the fastest to the one that always works.
enum class BackEnd : std::uint8_t { clone3, clone, vfork, fork };

/// Its name in PROGENY_LAUNCH.
[[nodiscard]] const char* name_of(BackEnd back_end) noexcept;

/// A child, or why there is none.
struct Spawned {
  int pid = -1;      ///< The child, or -1.
  int error = 0;     ///< The error number without a child.
  int process = -1;  ///< Its pidfd, if the back end and the kernel give one. Closed on exec.
};

/// Makes a child that runs `child_exec(plan)`. All signals must be blocked in the calling thread.
/// Every back end but `fork` returns when the child has left the shared memory, by exec or by its
/// end; then `plan.report` is complete.
[[nodiscard]] Spawned spawn(BackEnd back_end, ChildPlan& plan) noexcept;

[[nodiscard]] Spawned spawn_clone3(ChildPlan& plan) noexcept;
[[nodiscard]] Spawned spawn_clone(ChildPlan& plan) noexcept;
[[nodiscard]] Spawned spawn_vfork(ChildPlan& plan) noexcept;
[[nodiscard]] Spawned spawn_fork(ChildPlan& plan) noexcept;

/// Whether a child of this back end runs, and in our memory. Kernels, sandboxes and tools such as
/// valgrind refuse some back ends, or turn them into a plain fork.
[[nodiscard]] bool shares_memory(BackEnd back_end) noexcept;

/// The back end for launches without a hook: the one that PROGENY_LAUNCH names if it works here,
/// else the first that does. Found out once in a process.
[[nodiscard]] BackEnd default_back_end() noexcept;

/// Whether `error` means that the back end does not work here, rather than that there is no room
/// for another process now. Seccomp profiles answer EPERM or ENOSYS, kernels before 5.5 EINVAL or
/// E2BIG, time namespaces EINVAL.
[[nodiscard]] bool is_refusal(int error) noexcept;

}  // namespace progeny::platform
