#pragma once

// Which way of keeping descriptors from a program this kernel has. POSIX only.

#include "platform/launch/child_exec.posix.hpp"

namespace progeny::platform {

/// close_range(2) with CLOSE_RANGE_CLOEXEC (Linux 5.11) if the kernel has it, else the walk over
/// /proc/self/fd. Found out once, in the parent, so that no child spends time on it.
[[nodiscard]] Sweep best_sweep() noexcept;

}  // namespace progeny::platform
