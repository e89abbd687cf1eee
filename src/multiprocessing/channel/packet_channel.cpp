#include "multiprocessing/channel/packet_channel.hpp"

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/transport.hpp"

#include <progeny/multiprocessing/errors.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <utility>

namespace progeny::multiprocessing::detail {

void PacketChannel::send(const Frame& frame, const Deadline& deadline) {
  FrameFront front(frame.prefix, frame.body.size());
  const std::lock_guard lock(send_lock_);
  if (frame.handles.empty() && front.has_room_for(frame.body.size())) {
    static_cast<void>(front.join(frame.body));
    wire_.send_all(front.text(), deadline);
  } else {
    send_packets(frame, front.text(), deadline);
  }
}

// The system sends a packet whole or not at all, so no call below leaves a rest.
void PacketChannel::send_packets(const Frame& frame,
                                 std::string_view head,
                                 const Deadline& deadline) {
  std::string_view part = frame.body.substr(0, platform::largest_packet - head.size());
  static_cast<void>(wire_.send_with_handles(head, frame.handles, deadline, part));
  for (std::size_t sent = part.size(); sent < frame.body.size(); sent += part.size()) {
    part = frame.body.substr(sent, platform::largest_packet);
    wire_.send_all(part, deadline);
  }
}

std::string PacketChannel::receive(std::uint64_t maxlength,
                                   const Deadline& deadline,
                                   platform::ReceivedHandles* handles) {
  const std::lock_guard lock(receive_lock_);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below.
  std::array<char, platform::largest_packet> packet;
  const std::size_t size = wire_.receive_some(packet, deadline, handles);
  if (size == 0) {
    throw_end();
  }
  const Header header = read_header(std::span(packet).first(size));
  const std::uint64_t length = wire_.checked_length(header, maxlength);
  const std::size_t count = size - header.size;
  if (count > length) {
    wire_.refuse("a packet is longer than its message");
  }
  std::string body;
  body.reserve(std::min<std::size_t>(length, first_reserve));
  body.append(packet.data() + header.size, count);
  receive_rest(body, length, deadline);
  return body;
}

void PacketChannel::receive_rest(std::string& body,
                                 std::uint64_t length,
                                 const Deadline& deadline) {
  while (body.size() < length) {
    const std::size_t filled = body.size();
    body.resize(filled + std::min<std::size_t>(length - filled, platform::largest_packet));
    const std::size_t count =
        wire_.receive_some(std::span(body).subspan(filled), deadline, nullptr);
    if (count == 0) {
      throw_truncated();
    }
    body.resize(filled + count);
  }
}

std::size_t PacketChannel::receive_into(std::span<char> room) {
  std::string message = receive(any_length, never(), nullptr);
  if (message.size() > room.size()) {
    throw BufferTooShort(std::move(message), room.size());
  }
  std::ranges::copy(message, room.begin());
  return message.size();
}

}  // namespace progeny::multiprocessing::detail
