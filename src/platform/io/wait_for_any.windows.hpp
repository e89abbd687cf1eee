#pragma once

// WaitForMultipleObjects with a deadline. Windows only.

#include "base/deadline.hpp"
#include "platform/system/win32.windows.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace progeny::platform {

/// Waits until one of at most 64 handles is signalled. Returns its index (the first, of several),
/// or nothing once the deadline has passed; looks at least once even then. Throws OSError.
[[nodiscard]] std::optional<std::size_t> wait_for_any(std::span<const HANDLE> handles,
                                                      const detail::Deadline& deadline);

}  // namespace progeny::platform
