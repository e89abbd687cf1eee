#pragma once

// Whole messages with handles beside them, between processes of this machine.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::platform {

/// Two joined ends, with room for `capacity` bytes each way if the system allows so much (0: the
/// usual room). Throws OSError.
[[nodiscard]] std::pair<Handle, Handle> make_message_sockets(std::size_t capacity = 0);

/// Sends one message, waiting for room. Several may send by one end: messages do not mix. Never
/// raises a signal.
[[nodiscard]] std::error_code send_message(native_handle socket,
                                           std::string_view bytes,
                                           std::span<const native_handle> handles = {}) noexcept;

/// A message as it came.
struct ReceivedMessage {
  std::string bytes;
  std::vector<Handle> handles;  ///< Closed on exec.
};

/// Receives one message, waiting for it; what is longer than `most` bytes is cut. Nothing when all
/// other ends are closed. A message that lost handles on its way (the descriptor table is full) is
/// OSError; the next one can be received.
[[nodiscard]] std::optional<ReceivedMessage> receive_message(native_handle socket,
                                                             std::size_t most);

/// As `receive_message`, but leaves the message to be received again, and its handles with it.
[[nodiscard]] std::optional<std::string> peek_message(native_handle socket, std::size_t most);

}  // namespace progeny::platform
