#pragma once

// write(2) that cannot kill the host. POSIX only.

#include <string_view>

#include <sys/types.h>

namespace progeny::platform {

/// Like write(2), retried after EINTR, but a pipe without a reader is EPIPE alone: no SIGPIPE is
/// delivered, whatever its disposition, and dispositions and masks are as before at return. A
/// SIGPIPE that was pending before stays pending.
[[nodiscard]] ssize_t quiet_write(int descriptor, std::string_view bytes) noexcept;

}  // namespace progeny::platform
