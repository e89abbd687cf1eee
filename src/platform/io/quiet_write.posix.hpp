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

/// As `quiet_write`, but never waits: EAGAIN if there is no room. It does not make the file
/// non-blocking for that, because other processes may have the same open file: a child whose stdout
/// it is would fail, and lose what it writes.
///
/// Where neither the kernel (6.4 for pipes) nor /proc helps, at most PIPE_BUF bytes are written,
/// and the call waits if another writer takes the room at this very moment.
[[nodiscard]] ssize_t quiet_write_at_once(int descriptor, std::string_view bytes) noexcept;

}  // namespace progeny::platform
