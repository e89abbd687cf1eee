// How an encoded value crosses a connection. One message is
//
//     | way (1) |                     value |   the value has no handles
//     | way (1) | count of handles (4) | value |   the handles travel beside the message
//     | way (1) | tickets ...       | value |   the receiver fetches the handles: tickets.hpp

#include <progeny/multiprocessing/detail/connection_access.hpp>

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/connection/message_parts.hpp"
#include "multiprocessing/connection/named_errors.hpp"
#include "multiprocessing/connection/tickets.hpp"
#include "multiprocessing/connection/value_sink.hpp"
#include "multiprocessing/stoppable.hpp"
#include "platform/ipc/handle_passing.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/recv_options.hpp>
#include <progeny/serial/message.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
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

void send_plain(Channel& channel, const serial::Outgoing& message, const Deadline& deadline) {
  ObjectHead::Room room;
  channel.send({.prefix = ObjectHead{}.pack(room), .body = message.bytes}, deadline);
}

void send_beside(Channel& channel, const serial::Outgoing& message, const Deadline& deadline) {
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
               deadline);
}

void send_tickets(Channel& channel, const serial::Outgoing& message, const Deadline& deadline) {
  ObjectHead::Room room;
  Tickets tickets(message.handles);
  channel.send({.prefix = ObjectHead{.way = HandleWay::to_fetch}.pack(room),
                .body = tickets.text() + message.bytes},
               deadline);
  tickets.hand_over();
}

void send_with_handles(Channel& channel,
                       const serial::Outgoing& message,
                       const Deadline& deadline) {
  switch (channel.handle_passing()) {
    case HandlePassing::beside:
      return send_beside(channel, message, deadline);
    case HandlePassing::by_ticket:
      return send_tickets(channel, message, deadline);
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

// Fetching handles means to connect to an address that the message names. Only a process that may
// send handles so is believed.
void check_way(HandleWay way, const Channel& in) {
  if (way == HandleWay::to_fetch && in.handle_passing() != HandlePassing::by_ticket) {
    throw RuntimeError("the message has handles to fetch, which no message of this connection has");
  }
}

// What a value of a usual type takes at most. Text of a few bytes takes 32 bytes of a vector, an
// element of a map 60 to 80.
std::size_t memory_for_stranger(std::size_t length) {
  constexpr std::size_t base = std::size_t{64} << 20;
  constexpr std::size_t factor = 16;
  return length < (serial::any_memory - base) / factor ? base + factor * length
                                                       : serial::any_memory;
}

// A message that has come, with the handles beside it.
ObjectMessage opened(std::string frame, platform::ReceivedHandles received, const Channel& in) {
  ObjectMessage message{.frame = std::move(frame)};
  MessageReader reader(message.frame);
  const ObjectHead head = ObjectHead::unpack(reader);
  check_arrived(received, head.count);
  check_way(head.way, in);
  message.handles =
      head.way == HandleWay::to_fetch ? fetch_handles(reader) : std::move(received.handles);
  message.begin = reader.position();
  return message;
}

void limit_memory(ObjectMessage& message,
                  const connection::RecvOptions& options,
                  bool is_stranger) {
  message.max_memory = options.max_memory.value_or(
      is_stranger ? memory_for_stranger(message.frame.size()) : serial::any_memory);
}

}  // namespace

void ConnectionAccess::send_object(const connection::Connection& connection,
                                   serial::Outgoing message,
                                   const std::stop_token& stop) {
  with_name(connection, [&] {
    Channel& out = channel(connection);
    out.directions().check_writable();
    stoppable("send", stop, {}, [&](const Deadline& deadline) {
      message.handles.empty() ? send_plain(out, message, deadline)
                              : send_with_handles(out, message, deadline);
    });
  });
  message.claims.mark_sent();
}

void ConnectionAccess::send_flat(const connection::Connection& connection,
                                 const FlatMessage& message,
                                 const std::stop_token& stop) {
  with_name(connection, [&] {
    Channel& out = channel(connection);
    out.directions().check_writable();
    const MessageView view = message.view();
    std::array<char, longest_prefix> prefix{static_cast<char>(HandleWay::none)};
    std::ranges::copy(view.head, prefix.begin() + ObjectHead::way_size);
    const std::string_view front(prefix.data(), ObjectHead::way_size + view.head.size());
    stoppable("send", stop, {}, [&](const Deadline& deadline) {
      out.send({.prefix = front, .body = view.body}, deadline);
    });
  });
}

std::optional<ObjectMessage> ConnectionAccess::recv_flat(const connection::Connection& connection,
                                                         const FlatRoom& value,
                                                         const connection::RecvOptions& options) {
  return with_name(connection, [&]() -> std::optional<ObjectMessage> {
    Channel& in = channel(connection);
    in.directions().check_readable();
    platform::ReceivedHandles received;
    ValueSink sink(value, static_cast<char>(HandleWay::none));
    stoppable("recv", options.stop, {}, [&](const Deadline& deadline) {
      in.receive_to(sink, deadline, &received);
    });
    auto other = sink.other();
    if (!other) {
      return std::nullopt;
    }
    ObjectMessage message = opened(std::move(*other), std::move(received), in);
    limit_memory(message, options, is_with_stranger(connection));
    return message;
  });
}

ObjectMessage ConnectionAccess::recv_object(const connection::Connection& connection,
                                            const connection::RecvOptions& options) {
  return with_name(connection, [&] {
    Channel& in = channel(connection);
    in.directions().check_readable();
    platform::ReceivedHandles received;
    std::string frame = stoppable("recv", options.stop, {}, [&](const Deadline& deadline) {
      return in.receive(options.maxlength.value_or(any_length), deadline, &received);
    });
    ObjectMessage message = opened(std::move(frame), std::move(received), in);
    limit_memory(message, options, is_with_stranger(connection));
    return message;
  });
}

}  // namespace progeny::multiprocessing::detail
