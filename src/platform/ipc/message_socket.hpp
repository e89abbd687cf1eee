#pragma once

// Whole messages, with handles, between two ends on this machine.

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

/// Makes two connected ends, closed on exec and above the standard streams. Each direction has room
/// for `capacity` bytes if the system allows so many; 0 leaves it at the system's default.
/// - Throws: OSError.
[[nodiscard]] std::pair<Handle, Handle> make_message_sockets(std::size_t capacity = 0);

/// How many bytes the socket's buffer holds that were sent and not received yet, with what the
/// system needs for each message; 0 if it does not say.
[[nodiscard]] std::size_t room_to_send(native_handle socket) noexcept;

/// Sends one message, which must not be empty. Messages of several senders do not mix. Raises no
/// signal, and goes on after EINTR.
/// - Returns: no error, or why nothing was sent: `message_size` if it is too long for the socket.
/// - Blocks: until there is room.
[[nodiscard]] std::error_code send_message(native_handle socket,
                                           std::string_view bytes,
                                           std::span<const native_handle> handles = {}) noexcept;

/// A message with its handles.
struct ReceivedMessage {
  std::string bytes;
  std::vector<Handle> handles;  ///< Closed on exec.
};

/// Receives one message. Bytes beyond the first `most` are lost.
/// - Returns: nothing once all handles of the other end are closed.
/// - Throws: OSError; `too_many_files_open` for a message whose handles this process cannot open.
///   That message is lost, and the next one can be received.
/// - Blocks: until a message comes.
[[nodiscard]] std::optional<ReceivedMessage> receive_message(native_handle socket,
                                                             std::size_t most);

/// As `receive_message`, but leaves the message and its handles to be received again.
[[nodiscard]] std::optional<std::string> peek_message(native_handle socket, std::size_t most);

}  // namespace progeny::platform
