#pragma once

// Handles that travel over a local socket beside the bytes.

#include "base/deadline.hpp"
#include "platform/io/descriptor.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace progeny::platform {

/// How many handles one call can send.
[[nodiscard]] std::size_t most_handles_at_once() noexcept;

/// Sends at least one byte of `bytes` followed by `more`, with `handles` attached to the first
/// byte. The handles stay the caller's: the receiver gets its own for the same open files. There
/// must be a byte, and at most `most_handles_at_once` handles. Otherwise as `send_some`.
[[nodiscard]] IoResult send_with_handles(native_handle socket,
                                         std::string_view bytes,
                                         std::span<const native_handle> handles,
                                         const detail::Deadline& deadline,
                                         std::string_view more = {});

/// Handles that came with bytes.
struct ReceivedHandles {
  /// In the order in which they were sent. Closed on exec from birth.
  std::vector<Handle> handles;
  /// Whether some were lost, as this process may not open so many.
  bool truncated = false;
};

/// As `receive_some`, and adds the handles that come with the bytes to `received`. Handles that a
/// read without this call passes over are closed by the system.
[[nodiscard]] IoResult receive_with_handles(native_handle socket,
                                            std::span<char> space,
                                            ReceivedHandles& received,
                                            const detail::Deadline& deadline);

}  // namespace progeny::platform
