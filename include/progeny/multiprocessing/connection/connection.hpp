#pragma once

// Messages between processes: Python's `multiprocessing.connection`. For connections by address,
// see <progeny/multiprocessing/connection/listener.hpp>; for waiting on several at once,
// <progeny/multiprocessing/connection/wait.hpp>.

#include <progeny/base/bytes.hpp>
#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/connection_access.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/serial.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::connection {

class Connection;

/// Keyword arguments of `Pipe`.
struct PipeOptions {
  /// Whether both ends send and receive; otherwise the first only receives, the second only sends.
  bool duplex = true;
  /// Whether messages go through shared memory: several times faster between two processes that
  /// are both awake, and for large messages.
  bool shared = false;
};

/// Makes two connected ends.
///
/// A shared pipe keeps up to 1 MiB each way, in memory without a name, and takes four
/// descriptors in each process that has an end. It behaves as any other: its end is noticed when
/// all who had the other end have closed it or died. What differs: `fileno()` is a handle to wait
/// on, not one to read from, and once it has been asked for each message costs a system call more;
/// no Python can be at the other end; messages of any length stay whole among processes that share
/// an end, and one that was cut short by the death of its sender is left out.
/// - Throws: `OSError` if the descriptors or the memory run out.
/// - Python: `multiprocessing.Pipe`, which has no `shared`.
/// - Platforms: Linux.
[[nodiscard]] PROGENY_EXPORT std::pair<Connection, Connection> Pipe(const PipeOptions& options);

/// One end of a connection: whole messages in, whole messages out.
///
/// The bytes on the wire are Python's: what `send_bytes` sends, a Python 3.8 or later receives with
/// `recv_bytes`, and the other way round. A message is never cut or joined, and may be empty.
///
/// - Python: `multiprocessing.connection.Connection`. Differs: a peer that breaks the framing is an
///   `OSError` and closes the connection; an end of the stream anywhere inside a message is an
///   `OSError` and no `EOFError`.
/// - Throws: every method but `close`, `closed`, `readable` and `writable` throws `OSError`
///   ("handle is closed") after `close` and on a moved-from object.
/// - Blocks: sending blocks while the other side does not read and the system's buffer (some
///   hundred KiB) is full; receiving blocks until a message is complete. Signal handlers of the
///   host do not interrupt either, and a peer that is gone raises no SIGPIPE.
/// - Threads: several threads may send, receive and poll at once; messages stay whole. Closing and
///   moving need the object alone. Processes that share an end of a duplex pipe may do so with
///   messages of up to 64 KiB, and receive what is sent to either; on all other connections they
///   must take turns, as in Python.
class PROGENY_EXPORT Connection {
 public:
  /// Takes over a pipe, a socket or any other stream of bytes, blocking or not.
  /// - Throws: `ValueError` if there is no handle, or if it is neither readable nor writable.
  explicit Connection(Handle handle, bool readable = true, bool writable = true);
  /// Takes over the other's end, and leaves it closed.
  Connection(Connection&& other) noexcept;
  /// Closes this end, then takes over the other's.
  Connection& operator=(Connection&& other) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  /// Closes.
  ~Connection();

  /// Sends a value of any type that progeny can encode.
  ///
  /// Nothing is sent if encoding fails. Handles inside the value (connections, and what else is
  /// made of handles) arrive as handles of the receiver; this process keeps its own.
  /// - Python: `send`. Differs: the bytes are not a pickle, so the receiver is a `recv` of progeny.
  /// - Throws: `RuntimeError` if the value holds handles and the connection leads into a network;
  ///   `ValueError` for more than 253 handles over a socket; otherwise as `send_bytes`.
  template <class T>
  void send(const T& value);

  /// Receives a value that `send` has sent, of the same type.
  /// - Python: `recv`.
  /// - Throws: as `recv_bytes`, and `serial::` errors if the bytes are not such a value; the
  ///   connection can be used on.
  template <class T>
  [[nodiscard]] T recv();

  /// Sends bytes as one message: `size` of them from `offset` on, or all.
  /// - Python: `send_bytes`.
  /// - Throws: `ValueError` if `offset` or `size` is negative or reaches beyond the bytes, and then
  ///   nothing is sent; `OSError` (`broken_pipe`) if nobody can receive any more, and ("connection
  ///   is read-only") on the receiving end of a simplex pipe.
  void send_bytes(BytesView bytes,
                  std::ptrdiff_t offset = 0,
                  std::optional<std::ptrdiff_t> size = {});

  /// Receives one message.
  ///
  /// A message of more than `maxlength` bytes is left unread, and the connection cannot be received
  /// from any more.
  /// - Python: `recv_bytes`.
  /// - Throws: `EOFError` if the other side has closed; `ValueError` for a negative `maxlength`;
  ///   `OSError` for a longer message ("bad message length"), for a stream that ends inside a
  ///   message, for one that is not made of messages, and ("connection is write-only") on the
  ///   sending end of a simplex pipe.
  [[nodiscard]] std::string recv_bytes(std::optional<std::ptrdiff_t> maxlength = {});

  /// Receives one message into memory of the caller, from byte `offset` on, and returns its length.
  /// - Python: `recv_bytes_into`.
  /// - Throws: `BufferTooShort`, which carries the message, if there is too little room;
  ///   `ValueError` if `offset` is negative or beyond the end, and then nothing is received;
  ///   otherwise as `recv_bytes`.
  std::size_t recv_bytes_into(std::span<std::byte> buffer, std::ptrdiff_t offset = 0);
  /// The same with a string, an array or a vector of any trivially copyable elements, whose size
  /// stays what it is.
  template <std::ranges::contiguous_range Range>
    requires(std::is_trivially_copyable_v<std::ranges::range_value_t<Range>>)
  std::size_t recv_bytes_into(Range& buffer, std::ptrdiff_t offset = 0) {
    return recv_bytes_into(std::as_writable_bytes(std::span(buffer)), offset);
  }

  /// Whether there is something to receive: a message, the beginning of one, or the end of the
  /// stream. Consumes nothing. `poll()` looks without waiting, `poll(5s)` waits up to 5 seconds,
  /// `poll(Timeout())` as long as it takes.
  /// - Python: `poll`, where `None` waits without limit.
  [[nodiscard]] bool poll(const Timeout& timeout = std::chrono::nanoseconds::zero()) const;

  /// The handle, which stays the connection's. Python: `fileno`.
  [[nodiscard]] native_handle fileno() const;

  /// Closes this end; again is fine.
  void close() noexcept;
  /// Whether this end is closed.
  [[nodiscard]] bool closed() const noexcept;
  /// Whether it may be received from: by its kind, and until a message was longer than allowed.
  [[nodiscard]] bool readable() const noexcept;
  /// Whether it may be sent to, by its kind.
  [[nodiscard]] bool writable() const noexcept;

 private:
  friend detail::ConnectionAccess;
  explicit Connection(std::unique_ptr<detail::Channel> channel) noexcept;

  std::unique_ptr<detail::Channel> channel_;
};

template <class T>
void Connection::send(const T& value) {
  detail::ConnectionAccess::send_object(*this, serial::encode(value));
}

template <class T>
T Connection::recv() {
  detail::ObjectMessage message = detail::ConnectionAccess::recv_object(*this);
  return serial::decode<T>(message.incoming());
}

/// As `Pipe({.duplex = duplex})`.
/// - Throws: `OSError` if the descriptors run out.
/// - Python: `multiprocessing.Pipe`. Differs: a duplex pipe moves packets, so that a Python process
///   that has inherited an end cannot read it; `Listener` and `Client`, and simplex pipes, speak to
///   Python.
/// - Platforms: a pair of SOCK_SEQPACKET sockets, or a pipe, on Linux.
[[nodiscard]] PROGENY_EXPORT std::pair<Connection, Connection> Pipe(bool duplex = true);

}  // namespace progeny::multiprocessing::connection

namespace progeny::multiprocessing {

using connection::Connection;
using connection::Pipe;
using connection::PipeOptions;

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// The receiver gets an end of its own, which goes the same directions; the sender's stays. A
/// closed connection cannot be sent: `OSError`.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Connection> {
  /// A handle and three flags.
  static constexpr std::size_t min_size = sizeof(std::uint32_t) + 3;
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Connection& value);
  /// Reads it.
  static multiprocessing::Connection load(Reader& reader);
};

}  // namespace progeny::serial
