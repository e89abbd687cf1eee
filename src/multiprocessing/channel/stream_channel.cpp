#include "multiprocessing/channel/stream_channel.hpp"

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "platform/io/pipe.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/transport.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/errors.hpp>

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

// A step's bytes are zeroed, then overwritten by the system. Up to this size they are still in the
// processor's cache by then.
constexpr std::size_t receive_step = std::size_t{256} << 10;

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
  const Turn turn = wire_.turn_to_receive(receive_lock_, deadline);
  HeaderBytes header;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below.
  const std::size_t begun = begin_message(header, deadline, handles);
  try {
    const std::uint64_t length = receive_length(header, begun, maxlength, deadline);
    return receive_body(length, deadline);
  } catch (const OSError& error) {
    wire_.give_up_inside(error);
    throw;
  } catch (const std::bad_alloc&) {
    wire_.close();  // What is left of the message would be taken for the next one.
    throw;
  }
}

std::size_t StreamChannel::receive_into(std::span<char> room, const Deadline& deadline) {
  const Turn turn = wire_.turn_to_receive(receive_lock_, deadline);
  HeaderBytes header;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below.
  const std::size_t begun = begin_message(header, deadline, nullptr);
  try {
    const std::uint64_t length = receive_length(header, begun, any_length, deadline);
    if (length > room.size()) {
      throw BufferTooShort(receive_body(length, deadline), room.size());
    }
    receive_all(room.first(length), deadline);
    return length;
  } catch (const OSError& error) {
    wire_.give_up_inside(error);
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
std::uint64_t StreamChannel::receive_length(HeaderBytes& bytes,
                                            std::size_t begun,
                                            std::uint64_t maxlength,
                                            const Deadline& deadline) {
  const auto first = std::span(bytes).first<short_header>();
  receive_all(first.subspan(begun), deadline);
  Header header = read_header(first);
  if (header.state == Header::State::cut) {
    receive_all(std::span(bytes).last<long_length>(), deadline);
    header = read_header(bytes);
  }
  return wire_.checked_length(header, maxlength);
}

std::string StreamChannel::receive_body(std::uint64_t length, const Deadline& deadline) {
  std::string body;
  body.reserve(std::min<std::size_t>(length, first_reserve));
  while (body.size() < length) {
    const std::size_t filled = body.size();
    body.resize(filled + std::min<std::size_t>(length - filled, receive_step));
    receive_all(std::span(body).subspan(filled), deadline);
  }
  return body;
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
