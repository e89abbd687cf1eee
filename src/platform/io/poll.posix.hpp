#pragma once

// poll(2) with a deadline. POSIX only.

#include "base/deadline.hpp"

#include <span>

#include <poll.h>

namespace progeny::platform {

/// Waits until one of `entries` has something to report, which its `revents` then say. Entries with
/// a negative descriptor are skipped, as poll(2) does. Looks at least once, and goes on after EINTR
/// with the time that is left.
/// - Returns: false once the deadline has passed, or the wait was asked to stop.
/// - Throws: OSError with the call `ppoll`.
[[nodiscard]] bool poll_until(std::span<pollfd> entries, const detail::Deadline& deadline);

}  // namespace progeny::platform
