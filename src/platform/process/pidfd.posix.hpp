#pragma once

// Descriptors that stand for processes. POSIX only; other systems than Linux answer "none".

#include <progeny/base/handle.hpp>

#include <optional>

namespace progeny::platform {

/// A descriptor of the process `pid`, which must not have been reaped; none if the kernel cannot
/// (before 5.3), a sandbox forbids it, or no descriptor is free. Closed on exec.
[[nodiscard]] Handle open_pidfd(int pid) noexcept;

/// Sends a signal. Returns 0, or the error number (ENOSYS: use kill(2)).
[[nodiscard]] int signal_pidfd(native_handle process, int signal) noexcept;

}  // namespace progeny::platform
