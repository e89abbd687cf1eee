#pragma once

// Waiting until a handle can be read: one, the first of several, or all of several.
//
// Readable means that a read would not block: something is there, or the other end is closed. All
// three functions look at least once even if the deadline has passed, consume nothing, and go on
// after a signal handler (EINTR) with the time that is left. Any number of handles may be given.

#include "base/deadline.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace progeny::platform {

/// Waits until one of `handles` is readable. They are events and processes; on POSIX anything that
/// can be read. Entries that own no handle (`Handle::none()`) are skipped.
/// - Returns: the index of the first readable one; nothing once the deadline has passed.
/// - Throws: OSError if the system cannot wait.
[[nodiscard]] std::optional<std::size_t> wait_readable(std::span<const native_handle> handles,
                                                       const detail::Deadline& deadline);

/// Waits until at least one of `handles` is readable.
/// - Returns: the indices of all readable ones, ascending; none once the deadline has passed.
/// - Throws: OSError (`bad_file_descriptor`) if one of them is not open.
[[nodiscard]] std::vector<std::size_t> all_readable(std::span<const native_handle> handles,
                                                    const detail::Deadline& deadline);

/// Waits until `handle` is readable. Takes no memory.
/// - Returns: false once the deadline has passed.
/// - Throws: OSError (`bad_file_descriptor`) if it is not open.
[[nodiscard]] bool is_readable(native_handle handle, const detail::Deadline& deadline);

}  // namespace progeny::platform
