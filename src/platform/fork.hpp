#pragma once

// Copies of this process. Systems that cannot copy a process say so.

#include <progeny/base/handle.hpp>

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

}  // namespace progeny::platform
