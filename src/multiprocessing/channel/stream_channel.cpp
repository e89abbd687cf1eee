#include "multiprocessing/channel/stream_channel.hpp"

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/channel/message_sink.hpp"
#include "platform/io/pipe.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/transport.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string>
#include <string_view>

namespace progeny::multiprocessing::detail {

namespace {

using platform::TransportKind;

constexpr std::size_t first_step = 4096;

// Buffers of pipes on Linux: what each has (pipe(7)), and what a process may ask for without
// privileges (/proc/sys/fs/pipe-max-size).
constexpr std::size_t usual_pipe = std::size_t{64} << 10;
constexpr std::size_t large_pipe = std::size_t{1} << 20;

}  // namespace

HandlePassing StreamChannel::handle_passing() const noexcept {
  switch (wire_.kind()) {
    case TransportKind::pipe:
      return HandlePassing::by_ticket;
    case TransportKind::local_socket:
    case TransportKind::packet_socket:
      return HandlePassing::beside;
    case TransportKind::network_socket:
      break;
  }
  return HandlePassing::impossible;
}

void StreamChannel::send(const Frame& frame, const Deadline& deadline) {
  FrameFront front(frame.prefix, frame.body.size());
  std::string_view rest = front.join(frame.body);
  std::string_view first = front.text();

  const Turn turn = wire_.turn_to_send(send_lock_, deadline);
  make_room_for(frame.body.size());
  // Over a network two calls would be two segments.
  const bool is_gathered = wire_.kind() != TransportKind::pipe && !rest.empty();
  if (!frame.handles.empty() || is_gathered) {
    const std::size_t sent = wire_.send_with_handles(first, frame.handles, deadline, rest);
    const std::size_t sent_of_first = std::min(sent, first.size());
    first.remove_prefix(sent_of_first);
    rest.remove_prefix(sent - sent_of_first);
  } else {
    const std::size_t sent = wire_.send_some(first, deadline);
    first.remove_prefix(sent);
  }
  try {
    wire_.send_all(first, deadline);
    wire_.send_all(rest, deadline);
  } catch (const OSError& error) {
    wire_.give_up_inside(error);
    throw;
  }
}

// A large message crosses a pipe of the usual size in many small steps. A larger buffer is asked
// for only when the first such message comes, as Linux limits the buffers of all pipes of a user
// together (pipe(7), pipe-user-pages-soft).
void StreamChannel::make_room_for(std::size_t size) noexcept {
  if (size > usual_pipe && wire_.kind() == TransportKind::pipe && !grown_) {
    grown_ = true;
    static_cast<void>(platform::resize_pipe(wire_.handle(), large_pipe));
  }
}

std::string StreamChannel::receive(std::uint64_t maxlength,
                                   const Deadline& deadline,
                                   platform::ReceivedHandles* handles) {
  TextSink sink(maxlength);
  receive_to(sink, deadline, handles);
  return sink.take();
}

std::size_t StreamChannel::receive_into(std::span<char> room, const Deadline& deadline) {
  MemorySink sink(room);
  receive_to(sink, deadline, nullptr);
  return sink.end();
}

void StreamChannel::receive_to(MessageSink& sink,
                               const Deadline& deadline,
                               platform::ReceivedHandles* handles) {
  const Turn turn = wire_.turn_to_receive(receive_lock_, deadline);
  HeaderBytes header;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below.
  const std::size_t begun = begin_message(header, deadline, handles);
  try {
    const std::uint64_t length = begin(sink, header, begun, deadline);
    // In one step, whatever the sink has room for at first: most messages end here.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below.
    std::array<char, first_step> front;
    const auto first = std::span(front).first(std::min<std::uint64_t>(length, first_step));
    receive_all(first, deadline);
    sink.append({first.data(), first.size()});
    wire_.receive_rest(sink, length - first.size(), deadline);
  } catch (const OSError& error) {
    wire_.give_up_inside(error);
    throw;
  } catch (const std::bad_alloc&) {
    wire_.close();  // What is left of the message would be taken for the next one.
    throw;
  }
}

// Receives the first bytes of a message, at most those of a short header, and returns how many. A
// deadline that passes here leaves nothing behind.
std::size_t StreamChannel::begin_message(HeaderBytes& header,
                                         const Deadline& deadline,
                                         platform::ReceivedHandles* handles) {
  const auto first = std::span(header).first<short_header>();
  const std::size_t count = wire_.receive_some(first, deadline, handles);
  if (count == 0) {
    throw_end();
  }
  return count;
}

// Receives what is missing of the header.
std::uint64_t StreamChannel::begin(MessageSink& sink,
                                   HeaderBytes& bytes,
                                   std::size_t begun,
                                   const Deadline& deadline) {
  const auto first = std::span(bytes).first<short_header>();
  receive_all(first.subspan(begun), deadline);
  Header header = read_header(first);
  if (header.state == Header::State::cut) {
    receive_all(std::span(bytes).last<long_length>(), deadline);
    header = read_header(bytes);
  }
  return wire_.begin(sink, header);
}

void StreamChannel::receive_all(std::span<char> space, const Deadline& deadline) {
  while (!space.empty()) {
    const std::size_t count = wire_.receive_some(space, deadline, nullptr);
    if (count == 0) {
      throw_truncated();
    }
    space = space.subspan(count);
  }
}

}  // namespace progeny::multiprocessing::detail
