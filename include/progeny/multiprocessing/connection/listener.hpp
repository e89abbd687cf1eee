#pragma once

// Connections by address: Python's `multiprocessing.connection.Listener` and `Client`.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/address.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>

#include <memory>
#include <optional>
#include <string>

namespace progeny::multiprocessing::connection {

/// Keyword arguments of `Listener`, in Python's order. Python ends with `authkey`.
struct ListenerOptions {
  /// The kind that the address must have. Default: any. Without an address, the kind to make up:
  /// `unix_socket` in a new private folder (the default), or `inet` on 127.0.0.1.
  std::optional<Family> family = {};
  /// The number of clients that may wait to be accepted. The system may allow fewer.
  int backlog = 1;
  /// A key that client and listener prove to each other. Without a key, every client that can
  /// connect is let in. The key protects the beginning of a connection; it does not encrypt.
  std::optional<std::string> authkey = {};
  /// The longest time that a client may take to prove the key. Python waits forever.
  Timeout handshake_timeout = std::chrono::seconds(20);
  /// Refuse proofs by MD5, and with them Python up to 3.11.
  bool require_sha = false;
};

/// Accepts connections at an address.
///
/// - Python: `multiprocessing.connection.Listener`. Differs: an empty `authkey` is a `ValueError`
///   (before Python 3.13 it lets every client in); clients have a time limit for proving the key.
/// - Threads: several threads may accept at once. For everything else, no other thread may use the
///   object.
/// - Platforms: POSIX.
class PROGENY_EXPORT Listener {
 public:
  /// Listens at an address of its own choice: see `ListenerOptions::family`.
  /// - Throws: as below.
  explicit Listener(const ListenerOptions& options = {});
  /// Listens at `address`.
  /// - Throws: `ValueError` for an empty key, and for an address that is not of `options.family` or
  ///   of a family that this system does not have; `OSError` if the address is taken or not this
  ///   machine's, or the path is too long. A file that a dead listener has left counts as taken.
  /// - Blocks: while a host name is looked up.
  explicit Listener(const Address& address, const ListenerOptions& options = {});
  /// Takes over the address of `other`, which counts as closed from then on.
  Listener(Listener&& other) noexcept;
  /// Closes, then takes over the address of `other`.
  Listener& operator=(Listener&& other) noexcept;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  /// Closes.
  ~Listener();

  /// Waits for a client. After an exception because of a client, the listener can still be used.
  /// - Python: `accept`. Differs: it takes a timeout.
  /// - Returns: the connection to the client.
  /// - Throws: `TimeoutError` if no client came in time; `AuthenticationError` if a client did not
  ///   prove the key in time; `EOFError` or `OSError` if it went away meanwhile; `OSError`
  ///   ("listener is closed") after `close`.
  /// - Blocks: until a client comes, then up to `handshake_timeout` for its proof.
  [[nodiscard]] Connection accept(const Timeout& timeout = {});

  /// Stops listening, and removes the file of the address if there is one. A process forked from
  /// the one that made the listener leaves the file alone. Does nothing the second time.
  /// - Python: `close`.
  void close() noexcept;

  /// The address, with the real port if 0 was asked for. Still known after `close`.
  /// - Python: `address`.
  /// - Throws: `OSError` for a moved-from listener.
  [[nodiscard]] const Address& address() const;
  /// The address of the client that was accepted last, or nothing. A local client mostly has an
  /// empty path.
  /// - Python: `last_accepted`.
  /// - Throws: `OSError` for a moved-from listener.
  [[nodiscard]] const std::optional<Address>& last_accepted() const;
  /// A handle that is readable while a client waits to be accepted. It stays the listener's.
  /// - Python: none.
  /// - Throws: `OSError` ("listener is closed") after `close`.
  [[nodiscard]] native_handle fileno() const;

 private:
  struct State;
  [[nodiscard]] State& state() const;

  std::unique_ptr<State> state_;
};

/// Keyword arguments of `Client`, in Python's order. Python ends with `authkey`.
struct ClientOptions {
  /// The kind that the address must have. Default: any.
  std::optional<Family> family = {};
  /// A key that client and listener prove to each other. Without a key, the listener must have
  /// none either.
  std::optional<std::string> authkey = {};
  /// The longest time to wait for a place in the listener's queue. Default: no limit.
  Timeout timeout = {};
  /// The longest time that the listener may take from then on to prove the key. Python waits
  /// forever, even for a listener without a key, which never begins a proof.
  Timeout handshake_timeout = std::chrono::seconds(20);
  /// Refuse proofs by MD5, and with them Python up to 3.11.
  bool require_sha = false;
};

/// Connects to a Listener, of this library or of Python.
/// - Python: `multiprocessing.connection.Client`.
/// - Returns: the connection.
/// - Throws: `OSError` if there is no listener (`no_such_file_or_directory`, `connection_refused`);
///   `TimeoutError` after `options.timeout`; `AuthenticationError` if the keys differ, or the
///   listener has none or took too long; `ValueError` as `Listener`.
/// - Blocks: until the listener has room for a client and has proved the key. Looking up a host
///   name comes on top, and has no limit.
/// - Platforms: POSIX.
[[nodiscard]] PROGENY_EXPORT Connection Client(const Address& address,
                                               const ClientOptions& options = {});

}  // namespace progeny::multiprocessing::connection
