#pragma once

// What the library does with a connection, and its users do not.

#include <progeny/base/handle.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/recv_options.hpp>
#include <progeny/multiprocessing/detail/flat_message.hpp>
#include <progeny/multiprocessing/detail/flat_target.hpp>
#include <progeny/serial/message.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::connection {

class Connection;

}  // namespace progeny::multiprocessing::connection

namespace progeny::multiprocessing::detail {

class Channel;

/// An encoded value as it arrived: a serial::Incoming that owns its bytes.
struct ObjectMessage {
  /// All bytes of the message.
  std::string frame = {};
  /// Where the value begins in `frame`.
  std::size_t begin = 0;
  /// The handles that came with it, in the order in which they were sent.
  std::vector<Handle> handles = {};
  /// As `serial::Incoming::max_memory`.
  std::size_t max_memory = serial::any_memory;

  /// For `serial::decode`. Borrows the bytes, and takes the handles away.
  [[nodiscard]] serial::Incoming incoming() {
    return {.bytes = std::string_view(frame).substr(begin),
            .handles = std::move(handles),
            .max_memory = max_memory};
  }
};

/// The only friend of Connection.
class PROGENY_EXPORT ConnectionAccess {
 public:
  /// A connection to a process of one's own family, over a channel of any kind.
  [[nodiscard]] static connection::Connection make(std::unique_ptr<Channel> channel) noexcept;
  /// A connection to a process that may be a stranger's. `name` says in errors where it leads to.
  [[nodiscard]] static connection::Connection make_with_stranger(std::unique_ptr<Channel> channel,
                                                                 std::string name) noexcept;
  /// What errors call it.
  [[nodiscard]] static std::string name(const connection::Connection& connection);
  /// Whether it may lead to a stranger.
  [[nodiscard]] static bool is_with_stranger(const connection::Connection& connection) noexcept;

  /// The channel of an open connection. Throws OSError if the connection is closed or moved from.
  [[nodiscard]] static Channel& channel(const connection::Connection& connection);

  /// Sends an encoded value. Its handles go the way that reaches the peer: object_message.cpp. If
  /// this throws, its claims have been given back.
  /// Throws RuntimeError if no way reaches the peer, ValueError for too many handles, otherwise as
  /// `Connection::send_bytes`.
  static void send_object(const connection::Connection& connection,
                          serial::Outgoing message,
                          const std::stop_token& stop = {});

  /// The same for a value without handles, which is sent from where it lies.
  static void send_flat(const connection::Connection& connection,
                        const FlatMessage& message,
                        const std::stop_token& stop = {});

  /// Receives a value directly into its memory. Returns the message if it is no such value:
  /// decoding it says what it is. If this throws, the value may be changed in part; the rest as
  /// below.
  [[nodiscard]] static std::optional<ObjectMessage> recv_flat(
      const connection::Connection& connection,
      const FlatRoom& value,
      const connection::RecvOptions& options = {});

  /// Receives an encoded value. If this throws, no handle is left open, and the next message can be
  /// received unless the stream itself is at fault.
  /// Throws RuntimeError if the message is not a value, or if handles are missing; OSError if this
  /// process cannot open them; otherwise as `Connection::recv_bytes`.
  [[nodiscard]] static ObjectMessage recv_object(const connection::Connection& connection,
                                                 const connection::RecvOptions& options = {});
};

}  // namespace progeny::multiprocessing::detail
