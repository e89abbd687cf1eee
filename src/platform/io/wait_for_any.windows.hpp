#pragma once

// WaitForMultipleObjects with a deadline. Windows only.

#include "base/deadline.hpp"
#include "platform/system/win32.windows.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace progeny::platform {

/// Waits until one of at most 64 handles is signalled. Looks at least once. With no handles it
/// sleeps until the deadline.
/// - Returns: the index of the first signalled one; nothing once the deadline has passed.
/// - Throws: OSError with the call `WaitForMultipleObjects`.
[[nodiscard]] std::optional<std::size_t> wait_for_any(std::span<const HANDLE> handles,
                                                      const detail::Deadline& deadline);

}  // namespace progeny::platform
