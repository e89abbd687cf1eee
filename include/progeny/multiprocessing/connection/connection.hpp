#pragma once

// Messages between processes: Python's `multiprocessing.connection`. For connections by address,
// see <progeny/multiprocessing/connection/listener.hpp>. For waiting on several connections,
// queues and processes at once, see <progeny/multiprocessing/connection/wait.hpp>.

#include <progeny/base/bytes.hpp>
#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/detail/ranges.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/recv_options.hpp>
#include <progeny/multiprocessing/detail/connection_access.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::connection {

class Connection;

/// Keyword arguments of `Pipe`.
struct PipeOptions {
  /// Whether both ends send and receive. Otherwise the first only receives, and the second only
  /// sends.
  bool duplex = true;
  /// Whether messages go through shared memory. That is several times faster for large messages,
  /// and for small ones while both processes are awake.
  bool shared = false;
};

/// Makes two connected ends.
///
/// A shared pipe holds up to 1 MiB each way, in memory without a name, and takes four descriptors
/// in each process that has an end. Its `fileno()` is a handle to wait on, not to read from; once
/// it has been called, each message costs one more system call. A Python process cannot have the
/// other end. Processes may share an end for messages of any length. If a sender dies in the middle
/// of a message, the receiver never sees that message.
///
/// - Python: `multiprocessing.Pipe`. Differs: it has no `shared`. A duplex pipe that is not shared
///   moves packets, which a Python process that has inherited an end cannot read. `Listener`,
///   `Client` and simplex pipes speak to Python.
/// - Throws: `OSError` if descriptors or memory run out.
/// - Platforms: Linux. There a simplex pipe is a pipe, and a duplex pipe is a pair of
///   SOCK_SEQPACKET sockets.
[[nodiscard]] PROGENY_EXPORT std::pair<Connection, Connection> Pipe(const PipeOptions& options);

/// One end of a connection: whole messages in, whole messages out.
///
/// The bytes on the wire are Python's: Python 3.8 or later receives with `recv_bytes` what
/// `send_bytes` sends here, and the other way round. A message is never cut or joined, and may be
/// empty.
///
/// - Python: `multiprocessing.connection.Connection`. Differs: bytes that are not a message are an
///   `OSError` and close the connection; a stream that ends inside a message is an `OSError`, not
///   an `EOFError`.
/// - Throws: every method but `close`, `closed`, `readable` and `writable` throws `OSError`
///   ("handle is closed") after `close` and on a moved-from object. `filename()` of an `OSError`
///   says which connection it is about.
/// - Blocks: sending blocks while the system's buffer (some hundred KiB) is full and the peer does
///   not receive; receiving blocks until a message is complete. Signal handlers of the program do
///   not interrupt either, and a peer that is gone raises no SIGPIPE. A `stop` ends both with
///   `CancelledError`. The connection can still be used, unless a part of a message has gone or
///   come: then it is closed (a shared pipe loses that message alone).
/// - Threads: several threads may send, receive and poll at once; messages stay whole. No other
///   thread may use the object while one closes or moves it. Processes may share an end of a duplex
///   pipe for messages of up to 64 KiB; each message then reaches one of them. On other connections
///   they must take turns, as in Python.
/// - Example: examples/multiprocessing/pipe.cpp
class PROGENY_EXPORT Connection {
 public:
  /// Takes over a pipe, a socket or any other stream of bytes, blocking or not.
  /// - Python: `Connection(handle, readable, writable)`.
  /// - Throws: `ValueError` if there is no handle, or if it is neither readable nor writable.
  explicit Connection(Handle handle, bool readable = true, bool writable = true);
  /// Takes over the end of `other`, which counts as closed from then on.
  Connection(Connection&& other) noexcept;
  /// Closes this end, then takes over that of `other`.
  Connection& operator=(Connection&& other) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  /// Closes.
  ~Connection();

  /// Sends a value of any type that progeny can encode.
  ///
  /// Nothing is sent if encoding fails. For handles inside the value (connections, queues, locks)
  /// the receiver gets handles of its own; this process keeps its own.
  /// - Python: `send`. Differs: the bytes are not a pickle, so the peer has to call `recv` of
  ///   progeny.
  /// - Throws: `RuntimeError` if the value holds handles and the connection leads into a network;
  ///   `ValueError` for more than 253 handles over a socket; otherwise as `send_bytes`.
  /// - Blocks: as `send_bytes`.
  template <class T>
  void send(const T& value, const std::stop_token& stop = {});

  /// Receives a value that `send` has sent, of the same type.
  /// - Python: `recv`.
  /// - Returns: the value.
  /// - Throws: `serial::DecodeError` or `RuntimeError` if the message is not such a value, or one
  ///   that takes more memory than `options` allow, after which the next message can be received;
  ///   otherwise as `recv_bytes`.
  /// - Blocks: until a message has come, or the peer has closed its end.
  template <class T>
  [[nodiscard]] T recv(const RecvOptions& options = {});

  /// The same into `value`, whose memory is used again. The bytes of numbers, aggregates of
  /// numbers, strings, and vectors of all these are copied once, to where they stay.
  /// - Python: none.
  /// - Throws: as `recv`; `value` may be changed in part then.
  template <class T>
  void recv_into(T& value, const RecvOptions& options = {});

  /// Sends bytes as one message: `size` of them from `offset` on, or all.
  /// - Python: `send_bytes`.
  /// - Throws: `ValueError` if `offset` or `size` is negative or reaches beyond the bytes, and then
  ///   nothing is sent; `OSError` (`broken_pipe`) if nobody can receive any more, and ("connection
  ///   is read-only") on the receiving end of a simplex pipe.
  /// - Blocks: while the system's buffer is full and the peer does not receive.
  void send_bytes(BytesView bytes,
                  std::ptrdiff_t offset = 0,
                  std::optional<std::ptrdiff_t> size = {},
                  const std::stop_token& stop = {});

  /// Receives one message.
  ///
  /// A message of more than `maxlength` bytes is not returned, and nothing can be received from the
  /// connection after it.
  /// - Python: `recv_bytes`.
  /// - Returns: the bytes.
  /// - Throws: `EOFError` if the peer has closed its end; `ValueError` for a negative `maxlength`;
  ///   `OSError` for a longer message ("bad message length"), for a stream that ends inside a
  ///   message, for one that is not made of messages, and ("connection is write-only") on the
  ///   sending end of a simplex pipe.
  /// - Blocks: until a message has come, or the peer has closed its end.
  [[nodiscard]] std::string recv_bytes(std::optional<std::ptrdiff_t> maxlength = {},
                                       const std::stop_token& stop = {});

  /// Receives one message into memory of the caller, from byte `offset` on.
  /// - Python: `recv_bytes_into`.
  /// - Returns: the length of the message.
  /// - Throws: `BufferTooShort`, which carries the message, if there is too little room;
  ///   `ValueError` if `offset` is negative or beyond the end, and then nothing is received;
  ///   otherwise as `recv_bytes`.
  /// - Blocks: as `recv_bytes`.
  std::size_t recv_bytes_into(std::span<std::byte> buffer,
                              std::ptrdiff_t offset = 0,
                              const std::stop_token& stop = {});
  /// The same for a string, an array or a vector of trivially copyable elements. Its size does not
  /// change.
  template <std::ranges::contiguous_range Range>
    requires(std::is_trivially_copyable_v<std::ranges::range_value_t<Range>>)
  std::size_t recv_bytes_into(Range& buffer,
                              std::ptrdiff_t offset = 0,
                              const std::stop_token& stop = {}) {
    return recv_bytes_into(std::as_writable_bytes(std::span(buffer)), offset, stop);
  }

  /// Whether there is something to receive: a message, the beginning of one, or the end of the
  /// stream. Consumes nothing.
  /// - Python: `poll`. Differs: `poll(Timeout())` waits without limit, as `None` does there.
  /// - Throws: `OSError` ("connection is write-only") on the sending end of a simplex pipe;
  ///   `CancelledError` after a request for a stop.
  /// - Blocks: `poll()` not at all, `poll(5s)` up to 5 seconds.
  [[nodiscard]] bool poll(const Timeout& timeout = std::chrono::nanoseconds::zero(),
                          const std::stop_token& stop = {}) const;

  /// A handle that is readable while there is something to receive. It stays the connection's.
  /// - Python: `fileno`.
  [[nodiscard]] native_handle fileno() const;

  /// Closes this end. Does nothing the second time.
  /// - Python: `close`.
  void close() noexcept;
  /// Whether this end is closed.
  [[nodiscard]] bool closed() const noexcept;
  /// Whether this end receives. False from the first message on that is longer than allowed.
  [[nodiscard]] bool readable() const noexcept;
  /// Whether this end sends.
  [[nodiscard]] bool writable() const noexcept;

 private:
  friend detail::ConnectionAccess;
  Connection(std::unique_ptr<detail::Channel> channel,
             bool is_with_stranger,
             std::string name) noexcept;

  std::unique_ptr<detail::Channel> channel_;
  bool is_with_stranger_ = false;  // Whether messages have a limit of memory by default.
  std::string name_;               // For errors. Empty: its handle names it.
};

/// The same as `Pipe({.duplex = duplex})`.
/// - Python: `multiprocessing.Pipe`.
/// - Throws: `OSError` if descriptors run out.
/// - Platforms: Linux.
[[nodiscard]] PROGENY_EXPORT std::pair<Connection, Connection> Pipe(bool duplex = true);

}  // namespace progeny::multiprocessing::connection

namespace progeny::multiprocessing {

using connection::Connection;
using connection::Pipe;
using connection::PipeOptions;
using connection::RecvOptions;

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// Sends an end to another process, which gets its own copy of it. The sender's copy stays open.
/// - Throws: `OSError` for a closed connection.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Connection> {
  /// The form, a handle, two directions, and whom it leads to.
  static constexpr std::size_t min_size = sizeof(std::uint32_t) + 4;
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Connection& value);
  /// Reads it.
  static multiprocessing::Connection load(Reader& reader);
};

}  // namespace progeny::serial

#include <progeny/multiprocessing/detail/connection_bodies.hpp>  // IWYU pragma: export
