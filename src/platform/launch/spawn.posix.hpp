#pragma once

// The ways to make the child that runs child_exec. POSIX only.

#include "platform/launch/child_exec.posix.hpp"

#include <cstdint>
#include <string_view>

namespace progeny::platform {

/// From the fastest to the one that always works.
enum class BackEnd : std::uint8_t { clone3, clone, vfork, fork };

/// The name under which PROGENY_LAUNCH knows it.
[[nodiscard]] const char* name_of(BackEnd back_end) noexcept;

/// What came of making a child.
struct Spawned {
  int pid = -1;      ///< The child, or -1.
  int error = 0;     ///< The error number if there is no child.
  int process = -1;  ///< Its pidfd, if the back end gives one and the kernel has them.
};

/// Makes a child that runs `child_exec(plan)`. All signals must be blocked in the calling thread.
/// Every back end but `fork` returns when the child has left the shared memory: then
/// `plan.report` says how it went.
[[nodiscard]] Spawned spawn(BackEnd back_end, ChildPlan& plan) noexcept;

[[nodiscard]] Spawned spawn_clone3(ChildPlan& plan) noexcept;
[[nodiscard]] Spawned spawn_clone(ChildPlan& plan) noexcept;
[[nodiscard]] Spawned spawn_vfork(ChildPlan& plan) noexcept;
[[nodiscard]] Spawned spawn_fork(ChildPlan& plan) noexcept;

/// Whether a child of this back end really runs, and in our memory: kernels, sandboxes and tools
/// such as valgrind refuse some of them, or quietly make a plain fork of them.
[[nodiscard]] bool shares_memory(BackEnd back_end) noexcept;

/// The back end for launches without a hook: the one that PROGENY_LAUNCH names if it works here,
/// else the first that works. Found out once per process.
[[nodiscard]] BackEnd default_back_end() noexcept;

/// Whether `error` means that the back end is not to be had here, rather than that there is no
/// room for another process now. Seccomp profiles answer EPERM or ENOSYS, kernels before 5.5
/// EINVAL or E2BIG, time namespaces EINVAL.
[[nodiscard]] bool is_refusal(int error) noexcept;

}  // namespace progeny::platform
