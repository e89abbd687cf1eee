#include "platform/message_socket.hpp"

#include <progeny/base/errors.hpp>

namespace progeny::platform {

std::error_code send_message(native_handle socket,
                             std::string_view bytes,
                             std::span<const native_handle> handles) noexcept {
  if (handles.size() > most_handles_in_message) {
    return std::make_error_code(std::errc::argument_list_too_long);
  }
  return write_all(socket, ChannelKind::packet_socket, bytes, {}, handles);
}

std::optional<ReceivedMessage> receive_message(native_handle socket, std::size_t most) {
  ReceivedMessage received{.bytes = std::string(most, '\0'), .handles = {}};
  const auto read =
      read_channel(socket, ChannelKind::packet_socket, received.bytes, &received.handles);
  if (read.error) {
    throw OSError(read.error, "recvmsg");
  }
  if (read.count == 0) {
    return std::nullopt;
  }
  received.bytes.resize(read.count);
  return received;
}

}  // namespace progeny::platform
