#pragma once

// Whole messages with handles beside them, between processes of one machine.

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

/// Most handles that one message can carry (SCM_MAX_FD, unix(7)).
inline constexpr std::size_t most_handles_in_message = 253;

/// The two ends of a connection without a name, closed on exec. Throws OSError.
[[nodiscard]] std::pair<Handle, Handle> make_message_sockets();

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

/// Receives one message of at most `most` bytes, waiting for it. Nothing when all other ends are
/// closed. A message that is longer or lost handles on its way (the descriptor table is full) is
/// OSError; the next one can be received.
[[nodiscard]] std::optional<ReceivedMessage> receive_message(native_handle socket,
                                                             std::size_t most);

}  // namespace progeny::platform
