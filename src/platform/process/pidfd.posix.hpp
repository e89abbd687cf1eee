#pragma once

// Descriptors that stand for processes. POSIX only; systems other than Linux have none.

#include <progeny/base/handle.hpp>

#include <optional>

namespace progeny::platform {

/// A descriptor of the process `pid`, which must not have been reaped, closed on exec. None if the
/// kernel has no such thing (before 5.3), a sandbox forbids it, or no descriptor is free.
[[nodiscard]] Handle open_pidfd(int pid) noexcept;

/// Sends a signal to the process behind `process`.
/// - Returns: 0, or the error number. ENOSYS: the kernel has no such call, so kill(2) is left.
[[nodiscard]] int signal_pidfd(native_handle process, int signal) noexcept;

}  // namespace progeny::platform
