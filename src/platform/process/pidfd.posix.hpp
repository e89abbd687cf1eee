#pragma once

// Descriptors that stand for processes. POSIX only; systems other than Linux have none.

#include <progeny/base/handle.hpp>

#include <optional>

namespace progeny::platform {

/// A descriptor of the process `pid`, which must not have been reaped, closed on exec. None if the
/// kernel has no such thing (before 5.3), a sandbox forbids it, or no descriptor is free.
[[nodiscard]] Handle open_pidfd(int pid) noexcept;

/// Sends a signal to the process behind `process`.
/// - Returns: 0, or the error number. ESRCH is about the process; every other one may be that of a
///   kernel or a sandbox that has no such call, and kill(2) is left.
[[nodiscard]] int signal_pidfd(native_handle process, int signal) noexcept;

/// Sends a signal to the process group whose number is that of the process behind `process`, even
/// when that process has been reaped. No other group can get the signal. Linux 6.9 and later.
/// - Returns: 0, or the error number. ESRCH: the group has no members. EINVAL: an older kernel.
[[nodiscard]] int signal_group_of_pidfd(native_handle process, int signal) noexcept;

}  // namespace progeny::platform
