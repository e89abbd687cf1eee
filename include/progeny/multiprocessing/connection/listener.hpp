#pragma once

// Connections by address: Python's `multiprocessing.connection.Listener` and `Client`.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/address.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace progeny::multiprocessing::connection {

/// Keyword arguments of `Listener`, in Python's order. Python ends with `authkey`.
struct ListenerOptions {
  /// The kind that the address must have. Default: any. Without an address, the kind to make up:
  /// `unix_socket` in a new private folder (the default), or `inet` on 127.0.0.1.
  std::optional<Family> family = {};
  /// The number of clients that may wait to be accepted. The system may allow fewer. Python's
  /// default is 1, which turns clients away that come together.
  int backlog = 128;
  /// A key that client and listener prove to each other. Without a key, every client that can
  /// connect is let in. The key protects the beginning of a connection; it does not encrypt.
  std::optional<std::string> authkey = {};
  /// The longest time that a client may take to prove the key, from when it is let in. Python waits
  /// forever.
  Timeout handshake_timeout = std::chrono::seconds(20);
  /// The number of clients that may be proving the key at once, each of which takes a descriptor;
  /// at least 1. While there are so many, the next client waits in the queue of the system. It gets
  /// the place of the one that has been silent for longest, and for at least a second.
  std::size_t max_handshakes = 128;
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
  ///   machine's, or the path is too long; `ValueError` for `max_handshakes` of 0. A file that a
  ///   dead listener has left counts as taken.
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

  /// Waits for a client.
  ///
  /// With a key, clients prove it side by side, and the first to finish is accepted: clients that
  /// stall keep nobody waiting. Those that are not finished go on in the next call. A client that
  /// fails is an exception here, after which the listener can still be used.
  /// - Python: `accept`. Differs: it takes a timeout and a stop; clients are served side by side.
  /// - Returns: the connection to the client.
  /// - Throws: `TimeoutError` if no client was accepted in time; `CancelledError` after a request
  ///   for a stop; `AuthenticationError` if a client did not prove the key, or not within
  ///   `handshake_timeout`; `EOFError` or `OSError` if one went away meanwhile; `OSError`
  ///   ("listener is closed") after `close`; `ValueError` as for the options.
  /// - Blocks: until a client is accepted or fails.
  [[nodiscard]] Connection accept(const Timeout& timeout = {}, const std::stop_token& stop = {});

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
  /// A handle that is readable while `accept` has something to do: a client waits, or goes on with
  /// its proof. `accept(0s)` then does it without waiting. It stays the listener's. A forked child
  /// has to ask for its own.
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
  /// The longest time to wait for the listener: for a place in its queue and, with a key, for the
  /// first byte of its challenge, which comes once it accepts. A listener without a key never
  /// sends one. Default: no limit, as in Python.
  Timeout timeout = {};
  /// The longest time that the proof of the key may take, from the first byte of the listener's
  /// challenge. Python waits forever.
  Timeout handshake_timeout = std::chrono::seconds(20);
  /// Refuse proofs by MD5, and with them Python up to 3.11.
  bool require_sha = false;
  /// Ends the waits when a stop is requested.
  std::stop_token stop = {};
};

/// Connects to a Listener, of this library or of Python.
/// - Python: `multiprocessing.connection.Client`.
/// - Returns: the connection.
/// - Throws: `OSError` if there is no listener (`no_such_file_or_directory`, `connection_refused`);
///   `TimeoutError` after `options.timeout`, or `options.handshake_timeout` from the beginning of
///   the proof; `CancelledError` after a request for a stop; `AuthenticationError` if the keys
///   differ; `EOFError` if the listener hangs up, as on the oldest of too many silent clients;
///   `ValueError` as `Listener`.
/// - Blocks: until the listener has room for a client; with a key, until it accepts and has proved
///   the key. Looking up a host name comes on top, and has no limit and no stop.
/// - Platforms: POSIX.
[[nodiscard]] PROGENY_EXPORT Connection Client(const Address& address,
                                               const ClientOptions& options = {});

}  // namespace progeny::multiprocessing::connection
