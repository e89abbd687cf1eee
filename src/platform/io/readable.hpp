#pragma once

// Which of several handles have something to say.

#include "base/deadline.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace progeny::platform {

/// Waits until at least one of `handles` can be received from without waiting, or has reached its
/// end, and returns the indices of all such, in order; none once the deadline has passed. Looks at
/// least once, consumes nothing, survives interrupted waits. Any number of handles, of any value.
/// Throws OSError (`bad_file_descriptor`) if one of them is not open.
[[nodiscard]] std::vector<std::size_t> readable(std::span<const native_handle> handles,
                                                const detail::Deadline& deadline);

/// The same question about one handle, which needs no memory.
[[nodiscard]] bool is_readable(native_handle handle, const detail::Deadline& deadline);

}  // namespace progeny::platform
