#pragma once

// write(2) that cannot kill the host. POSIX only.

#include <string_view>

#include <sys/types.h>

namespace progeny::platform {

/// As write(2), but goes on after EINTR, and a pipe without a reader is EPIPE alone: no SIGPIPE is
/// delivered, whatever its disposition. Dispositions and mask are unchanged at return; a SIGPIPE
/// that was pending before is still pending.
/// - Returns: bytes written, or -1 with `errno` set.
[[nodiscard]] ssize_t quiet_write(int descriptor, std::string_view bytes) noexcept;

}  // namespace progeny::platform
