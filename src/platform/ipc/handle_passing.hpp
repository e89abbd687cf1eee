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

/// Sends at least one byte of `bytes` and of `more` behind them, with `handles` attached to the
/// first. The handles stay the caller's; the receiver gets its own for the same objects. Otherwise
/// as `send_some`.
[[nodiscard]] IoResult send_with_handles(native_handle socket,
                                         std::string_view bytes,
                                         std::span<const native_handle> handles,
                                         const detail::Deadline& deadline,
                                         std::string_view more = {});

/// Handles that came with bytes.
struct ReceivedHandles {
  /// In the order in which they were sent; closed on exec from birth.
  std::vector<Handle> handles;
  /// Whether some were lost, because this process cannot open as many.
  bool truncated = false;
};

/// As `receive_some`; what handles come with the bytes are added to `received`. Handles that are
/// not received by this call are closed by the system when their bytes are.
[[nodiscard]] IoResult receive_with_handles(native_handle socket,
                                            std::span<char> space,
                                            ReceivedHandles& received,
                                            const detail::Deadline& deadline);

}  // namespace progeny::platform
