#pragma once

// poll(2) with a deadline. POSIX only.

#include "base/deadline.hpp"

#include <span>

#include <poll.h>

namespace progeny::platform {

/// Waits for one of `entries`; negative descriptors are left out, as poll(2) does. Retries EINTR
/// with the time that is left. Returns false once the deadline has passed with nothing to report;
/// looks at least once. Throws OSError.
[[nodiscard]] bool poll_until(std::span<pollfd> entries, const detail::Deadline& deadline);

}  // namespace progeny::platform
