#pragma once

// Messages between processes: Python's `multiprocessing.Pipe` and `Connection`, and waiting for
// several of them. For connections by an address see <progeny/multiprocessing/listener.hpp>.

#include <progeny/base/bytes.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/serial/value.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

namespace detail {
class ConnectionCore;
}  // namespace detail

/// One end of a connection on which messages travel, each as a whole.
///
/// The bytes on the wire are Python's: `send_bytes` and `recv_bytes` talk to every CPython since
/// 3.8. `send` and `recv` carry values between C++ processes; kernel objects in them travel over
/// local connections.
///
/// - Python: `multiprocessing.connection.Connection`.
/// - Threads: several may send, and several receive: messages do not mix. Not with `close()`.
/// - Errors: a closed connection, and the wrong direction of a one-way one, is `OSError`.
class PROGENY_EXPORT Connection {
 public:
  /// Takes over an open stream socket or pipe. Throws `ValueError` if it is no handle, or is
  /// neither readable nor writable.
  explicit Connection(Handle handle, bool readable = true, bool writable = true);
  /// Takes over the connection of `other`, which is closed then.
  Connection(Connection&& other) noexcept;
  /// Closes, and takes over the connection of `other`, which is closed then.
  Connection& operator=(Connection&& other) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  /// Closes.
  ~Connection();

  /// Sends a value. If it cannot be encoded, nothing has been sent.
  ///
  /// - Throws: `RuntimeError` for a value with kernel objects on a connection that cannot carry
  /// them;
  ///   `OSError` (`broken_pipe`) if the other end is closed.
  /// - Blocks: while the other end does not read and the system's buffer is full.
  template <serial::Transferable T>
  void send(const T& value) {
    send_message(serial::encode(value));
  }

  /// Receives a value that was sent as the same type.
  ///
  /// - Throws: `EOFError` if the other end is closed; `OSError` if it closed within a message;
  ///   `serial::DecodeError` if the message holds something else, and the next can be received.
  /// - Blocks: until a message is there.
  template <serial::Transferable T>
  [[nodiscard]] T recv() {
    const Received message = receive_message();
    return serial::decode<T>({.bytes = message.bytes, .handles = message.take_handles()});
  }

  /// Sends bytes as one message: all, or `size` from `offset` on.
  ///
  /// - Throws: `ValueError` if the range is not in `bytes`, and nothing has been sent.
  void send_bytes(BytesView bytes,
                  std::ptrdiff_t offset = 0,
                  std::optional<std::ptrdiff_t> size = {});

  /// Receives one message as bytes. A message longer than `maxlength` is `OSError`, after which the
  /// connection is closed, as its place in the stream is lost.
  [[nodiscard]] std::string recv_bytes(std::optional<std::ptrdiff_t> maxlength = {});

  /// Receives one message into `space`, from `offset` on. Returns its length.
  ///
  /// - Throws: `BufferTooShort` with the message if there is not enough room; `ValueError` for an
  ///   offset outside of `space`, before anything is read.
  std::size_t recv_bytes_into(std::span<char> space, std::ptrdiff_t offset = 0);

  /// Whether there is something to receive within `timeout`: a message, its first part, or the end.
  /// Without an argument it only looks; `Timeout{}` waits as long as it takes.
  [[nodiscard]] bool poll(Timeout timeout = std::chrono::seconds(0));

  /// The handle, still owned.
  [[nodiscard]] native_handle fileno() const;
  /// Closes it. May be repeated.
  void close() noexcept;
  /// Whether it is closed.
  [[nodiscard]] bool closed() const noexcept { return core_ == nullptr; }
  /// Whether messages can be received.
  [[nodiscard]] bool readable() const noexcept;
  /// Whether messages can be sent.
  [[nodiscard]] bool writable() const noexcept;

 private:
  friend struct serial::Codec<Connection>;
  friend PROGENY_EXPORT std::pair<Connection, Connection> Pipe(bool duplex);
  struct Received {
    std::string bytes;
    mutable std::vector<Handle> handles;
    [[nodiscard]] std::vector<Handle> take_handles() const { return std::move(handles); }
  };

  explicit Connection(std::unique_ptr<detail::ConnectionCore> core) noexcept;
  void send_message(const serial::Outgoing& message);
  [[nodiscard]] Received receive_message();
  [[nodiscard]] detail::ConnectionCore& core() const;

  std::unique_ptr<detail::ConnectionCore> core_;
};

/// Makes two connections that are joined: both ways, or from the second to the first.
///
/// - Python: `multiprocessing.Pipe`.
/// - Throws: `OSError`.
[[nodiscard]] PROGENY_EXPORT std::pair<Connection, Connection> Pipe(bool duplex = true);

/// Connections can be sent between processes without this call; Python has it, too.
inline void allow_connection_pickling() noexcept {}

namespace connection {

using multiprocessing::Connection;
using multiprocessing::Pipe;

/// Something that `wait` can wait for: a connection, or a handle such as a process's `sentinel()`.
/// Borrows it.
class Waitable {
 public:
  /// A connection, to receive from.
  // NOLINTNEXTLINE(google-explicit-constructor): wait({a, b}) is the point.
  Waitable(const Connection& connection) : handle_(connection.fileno()) {}
  /// A socket, pipe or process.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Waitable(native_handle handle) noexcept : handle_(handle) {}
  /// What is waited on.
  [[nodiscard]] native_handle handle() const noexcept { return handle_; }
  /// Whether both are the same handle: `ready.front() == connection`.
  [[nodiscard]] friend bool operator==(const Waitable&, const Waitable&) noexcept = default;

 private:
  native_handle handle_;
};

/// Waits until at least one of `objects` has something to receive, or has ended, at most `timeout`.
/// Returns those that have, in the given order: none if the time is over.
///
/// - Python: `multiprocessing.connection.wait`.
/// - Throws: `OSError`.
[[nodiscard]] PROGENY_EXPORT std::vector<Waitable> wait(const std::vector<Waitable>& objects,
                                                        Timeout timeout = {});

}  // namespace connection
}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// A connection that travels: the receiver has another handle to the same end.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Connection> {
  /// The connection stays the sender's as well.
  static void save(Writer& writer, const multiprocessing::Connection& connection);
  /// An end of its own.
  static multiprocessing::Connection load(Reader& reader);
};

}  // namespace progeny::serial
