#include "multiprocessing/channel/packet_channel.hpp"

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/transport.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// The first packet has the header and the prefix beside as much of the body as any other packet.
constexpr std::size_t longest_first_packet =
    platform::largest_packet + longest_header + longest_prefix;

// One for each thread, not on its stack, which may be small.
std::span<char> packet_buffer() {
  thread_local const auto buffer = std::make_unique_for_overwrite<char[]>(longest_first_packet);
  return {buffer.get(), longest_first_packet};
}

}  // namespace

void PacketChannel::send(const Frame& frame, const Deadline& deadline) {
  FrameFront front(frame.prefix, frame.body.size());
  const Turn turn = wire_.turn_to_send(send_lock_, deadline);
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
  std::string_view part = frame.body.substr(0, platform::largest_packet);
  static_cast<void>(wire_.send_with_handles(head, frame.handles, deadline, part));
  try {
    for (std::size_t sent = part.size(); sent < frame.body.size(); sent += part.size()) {
      part = frame.body.substr(sent, platform::largest_packet);
      wire_.send_all(part, deadline);
    }
  } catch (const OSError& error) {
    wire_.give_up_inside(error);
    throw;
  }
}

std::string PacketChannel::receive(std::uint64_t maxlength,
                                   const Deadline& deadline,
                                   platform::ReceivedHandles* handles) {
  const Turn turn = wire_.turn_to_receive(receive_lock_, deadline);
  const std::span<char> packet = packet_buffer();
  const std::size_t size = wire_.receive_some(packet, deadline, handles);
  if (size == 0) {
    throw_end();
  }
  const Header header = read_header(packet.first(size));
  const std::uint64_t length = wire_.checked_length(header, maxlength);
  const std::size_t count = size - header.size;
  if (count > length) {
    wire_.refuse("a packet is longer than its message");
  }
  try {
    std::string body;
    body.reserve(std::min<std::size_t>(length, first_reserve));
    body.append(packet.data() + header.size, count);
    receive_rest(body, length, deadline);
    return body;
  } catch (const OSError& error) {
    wire_.give_up_inside(error);
    throw;
  } catch (const std::bad_alloc&) {
    wire_.close();  // What is left of the message would be taken for the next one.
    throw;
  }
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

std::size_t PacketChannel::receive_into(std::span<char> room, const Deadline& deadline) {
  std::string message = receive(any_length, deadline, nullptr);
  if (message.size() > room.size()) {
    throw BufferTooShort(std::move(message), room.size());
  }
  std::ranges::copy(message, room.begin());
  return message.size();
}

}  // namespace progeny::multiprocessing::detail
