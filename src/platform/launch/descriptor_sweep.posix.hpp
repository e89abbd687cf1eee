#pragma once

// How this kernel keeps descriptors from a program. POSIX only.

#include "platform/launch/child_exec.posix.hpp"

namespace progeny::platform {

/// close_range(2) with CLOSE_RANGE_CLOEXEC (Linux 5.11) if the kernel has it, else the walk over
/// /proc/self/fd. Found out once, in the parent: the child has no time for it.
[[nodiscard]] Sweep best_sweep() noexcept;

}  // namespace progeny::platform
