#pragma once

// Waiting until one of several handles has something to say.

#include "base/deadline.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <optional>
#include <span>

namespace progeny::platform {

/// Waits until one of `handles`, which are events and processes (on POSIX anything that can be
/// read), is readable or its other end is closed. Survives interrupted waits. Returns its index
/// (the first, of several), or nothing once the deadline has passed; looks at least once even then.
/// Entries that are no handle are left out.
[[nodiscard]] std::optional<std::size_t> wait_readable(std::span<const native_handle> handles,
                                                       const detail::Deadline& deadline);

}  // namespace progeny::platform
