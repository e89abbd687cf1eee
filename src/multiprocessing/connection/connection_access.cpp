// How an encoded value crosses a connection. One message is
//
//     | way (1) |                     value |   the value has no handles
//     | way (1) | count of handles (4) | value |   the handles travel beside the message
//     | way (1) | tickets ...       | value |   the receiver fetches the handles: tickets.hpp

#include <progeny/multiprocessing/detail/connection_access.hpp>

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/connection/message_parts.hpp"
#include "multiprocessing/connection/tickets.hpp"
#include "multiprocessing/connection/value_sink.hpp"
#include "platform/ipc/handle_passing.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial/message.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

enum class HandleWay : std::uint8_t { none, beside, to_fetch };

// The message in front of its tickets or value.
struct ObjectHead {
  HandleWay way = HandleWay::none;
  std::uint64_t count = 0;  // Only under `beside`.

  static constexpr std::size_t way_size = 1;
  static constexpr std::size_t count_size = 4;
  using Room = std::array<char, way_size + count_size>;

  std::string_view pack(Room& room) const {
    room.front() = static_cast<char>(way);
    if (way != HandleWay::beside) {
      return {room.data(), way_size};
    }
    write_number(std::span(room).subspan(way_size), count);
    return {room.data(), room.size()};
  }

  static ObjectHead unpack(MessageReader& message) {
    ObjectHead head{.way = static_cast<HandleWay>(message.take_number(way_size))};
    if (head.way > HandleWay::to_fetch) {
      throw RuntimeError("the message is not a value that progeny has sent");
    }
    if (head.way == HandleWay::beside) {
      head.count = message.take_number(count_size);
    }
    return head;
  }
};

void send_plain(Channel& channel, const serial::Outgoing& message) {
  ObjectHead::Room room;
  channel.send({.prefix = ObjectHead{}.pack(room), .body = message.bytes}, never());
}

void send_beside(Channel& channel, const serial::Outgoing& message) {
  const std::size_t most = platform::most_handles_at_once();
  const std::size_t count = message.handles.size();
  if (count > most) {
    throw ValueError(fmt::format(
        "a value with {} handles: a message over a socket carries {} at most", count, most));
  }
  ObjectHead::Room room;
  channel.send({.prefix = ObjectHead{.way = HandleWay::beside, .count = count}.pack(room),
                .body = message.bytes,
                .handles = message.handles},
               never());
}

void send_tickets(Channel& channel, const serial::Outgoing& message) {
  ObjectHead::Room room;
  Tickets tickets(message.handles);
  channel.send({.prefix = ObjectHead{.way = HandleWay::to_fetch}.pack(room),
                .body = tickets.text() + message.bytes},
               never());
  tickets.hand_over();
}

void send_with_handles(Channel& channel, const serial::Outgoing& message) {
  switch (channel.handle_passing()) {
    case HandlePassing::beside:
      return send_beside(channel, message);
    case HandlePassing::by_ticket:
      return send_tickets(channel, message);
    case HandlePassing::impossible:
      break;
  }
  throw RuntimeError(
      "a value that holds handles cannot be sent through a network connection: handles exist on "
      "one machine only");
}

void check_arrived(const platform::ReceivedHandles& received, std::uint64_t sent) {
  if (received.truncated) {
    throw OSError(std::make_error_code(std::errc::too_many_files_open), "recv");
  }
  if (received.handles.size() != sent) {
    throw RuntimeError(fmt::format(
        "the value came with {} handles, and was sent with {}", received.handles.size(), sent));
  }
}

// A message that has come, with the handles beside it.
ObjectMessage opened(std::string frame, platform::ReceivedHandles received) {
  ObjectMessage message{.frame = std::move(frame)};
  MessageReader reader(message.frame);
  const ObjectHead head = ObjectHead::unpack(reader);
  check_arrived(received, head.count);
  message.handles =
      head.way == HandleWay::to_fetch ? fetch_handles(reader) : std::move(received.handles);
  message.begin = reader.position();
  return message;
}

}  // namespace

void ConnectionAccess::send_object(const connection::Connection& connection,
                                   serial::Outgoing message) {
  Channel& out = channel(connection);
  out.directions().check_writable();
  message.handles.empty() ? send_plain(out, message) : send_with_handles(out, message);
  message.claims.mark_sent();
}

void ConnectionAccess::send_flat(const connection::Connection& connection,
                                 const FlatMessage& message) {
  Channel& out = channel(connection);
  out.directions().check_writable();
  const MessageView view = message.view();
  std::array<char, longest_prefix> prefix{static_cast<char>(HandleWay::none)};
  std::ranges::copy(view.head, prefix.begin() + ObjectHead::way_size);
  out.send({.prefix = {prefix.data(), ObjectHead::way_size + view.head.size()}, .body = view.body},
           never());
}

std::optional<ObjectMessage> ConnectionAccess::recv_flat(const connection::Connection& connection,
                                                         const FlatRoom& value) {
  Channel& in = channel(connection);
  in.directions().check_readable();
  platform::ReceivedHandles received;
  ValueSink sink(value, static_cast<char>(HandleWay::none));
  in.receive_to(sink, never(), &received);
  if (auto other = sink.other()) {
    return opened(std::move(*other), std::move(received));
  }
  return std::nullopt;
}

ObjectMessage ConnectionAccess::recv_object(const connection::Connection& connection) {
  Channel& in = channel(connection);
  in.directions().check_readable();
  platform::ReceivedHandles received;
  std::string frame = in.receive(any_length, never(), &received);
  return opened(std::move(frame), std::move(received));
}

}  // namespace progeny::multiprocessing::detail
