#include "multiprocessing/channel/packet_channel.hpp"

#include "base/per_thread.hpp"
#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/channel/message_sink.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/ipc/transport.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <string>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// Of the packets behind the first. A system may have no memory for larger ones, which it wants in
// one piece.
constexpr std::size_t largest_large_packet = std::size_t{256} << 10;
// So many packets should have room in the buffer of a socket, so that sender and receiver need not
// take turns.
constexpr std::size_t packets_in_buffer = 4;

// The first packet has the header and the prefix beside as much of the body as `largest_packet`.
constexpr std::size_t size_of_buffer =
    std::max(platform::largest_packet + longest_header + longest_prefix, largest_large_packet);

// One for each thread, not on its stack, which may be small.
struct PacketBuffer {
  std::unique_ptr<char[]> bytes = std::make_unique_for_overwrite<char[]>(size_of_buffer);
};

std::span<char> packet_buffer() {
  if (const auto* const buffer = progeny::detail::PerThread<PacketBuffer>::get()) {
    return {buffer->bytes.get(), size_of_buffer};
  }
  thread_local char* late = nullptr;  // At the end of the program, which nothing outlives.
  if (late == nullptr) {
    late = PacketBuffer().bytes.release();
  }
  return {late, size_of_buffer};
}

}  // namespace

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
  const std::string_view part = frame.body.substr(0, platform::largest_packet);
  static_cast<void>(wire_.send_with_handles(head, frame.handles, deadline, part));
  send_rest(frame.body.substr(part.size()), deadline);
}

void PacketChannel::send_rest(std::string_view rest, const Deadline& deadline) {
  while (!rest.empty()) {
    if (packet_ == 0) {
      packet_ = std::clamp(platform::room_to_send(wire_.handle()) / packets_in_buffer,
                           platform::largest_packet,
                           largest_large_packet);
    }
    const std::string_view part = rest.substr(0, packet_);
    if (wire_.try_send_packet(part, deadline)) {
      rest.remove_prefix(part.size());
    } else if (part.size() > platform::largest_packet) {
      packet_ = platform::largest_packet;
    } else {
      wire_.send_all(part, deadline);  // Throws what the system says.
      rest.remove_prefix(part.size());
    }
  }
}

std::string PacketChannel::receive(std::uint64_t maxlength,
                                   const Deadline& deadline,
                                   platform::ReceivedHandles* handles) {
  TextSink sink(maxlength);
  receive_to(sink, deadline, handles);
  return sink.take();
}

void PacketChannel::receive_to(MessageSink& sink,
                               const Deadline& deadline,
                               platform::ReceivedHandles* handles) {
  const std::lock_guard lock(receive_lock_);
  const std::span<char> packet = packet_buffer();
  const std::size_t size = wire_.receive_some(packet, deadline, handles);
  if (size == 0) {
    throw_end();
  }
  const Header header = read_header(packet.first(size));
  const std::uint64_t length = wire_.begin(sink, header);
  const std::size_t count = size - header.size;
  if (count > length) {
    wire_.refuse("a packet is longer than its message");
  }
  try {
    sink.append({packet.data() + header.size, count});
    receive_rest(sink, length - count, deadline);
  } catch (const std::bad_alloc&) {
    wire_.close();  // What is left of the message would be taken for the next one.
    throw;
  }
}

// The system drops what a packet has beyond the room for it.
void PacketChannel::receive_rest(MessageSink& sink, std::uint64_t count, const Deadline& deadline) {
  while (count != 0) {
    const std::size_t most = std::min<std::uint64_t>(count, largest_large_packet);
    const std::span<char> direct = sink.room(most);
    const bool is_direct = direct.size() >= most;
    const std::span<char> room = is_direct ? direct : packet_buffer().first(most);
    const std::size_t received = wire_.receive_some(room, deadline, nullptr);
    if (received == 0) {
      throw_truncated();
    }
    sink.fill(is_direct ? received : 0);
    if (!is_direct) {
      sink.append({room.data(), received});
    }
    count -= received;
  }
}

std::size_t PacketChannel::receive_into(std::span<char> room) {
  MemorySink sink(room);
  receive_to(sink, never(), nullptr);
  return sink.end();
}

}  // namespace progeny::multiprocessing::detail
