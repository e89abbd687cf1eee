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

/// Keyword arguments of `Listener`, in Python's order; what follows `authkey` is past Python.
struct ListenerOptions {
  /// What the address must be; without an address, what to make up: `unix_socket` in a new private
  /// folder, or `inet` on 127.0.0.1. Default: what the address says; `unix_socket` without one.
  std::optional<Family> family = {};
  /// How many clients may wait to be accepted. The system may allow fewer.
  int backlog = 1;
  /// The key that clients must prove to know, and to which this side proves itself. None: everybody
  /// who can connect is let in. The key protects the connection's beginning, it does not encrypt.
  std::optional<std::string> authkey = {};
  /// The longest that a client may take to prove the key. Python waits for ever.
  Timeout handshake_timeout = std::chrono::seconds(20);
  /// Refuse proofs by MD5, and with them Python up to 3.11.
  bool require_sha = false;
};

/// Accepts connections at an address.
///
/// - Python: `multiprocessing.connection.Listener`. Differs: an empty `authkey`, which lets all
///   in before Python 3.13, is a `ValueError`; clients have a time limit for proving the key.
/// - Threads: several threads may accept; the rest needs the object alone.
class PROGENY_EXPORT Listener {
 public:
  /// Listens at an address of its own choice: see `ListenerOptions::family`.
  explicit Listener(const ListenerOptions& options = {});
  /// Listens at `address`.
  /// - Throws: `ValueError` for an address that is not of `options.family` or of a family that this
  ///   system does not have, and for an empty key; `OSError` if the address is taken, cannot be
  ///   had, or its path is too long. A file that a dead listener has left counts as taken.
  explicit Listener(const Address& address, const ListenerOptions& options = {});
  /// Takes over the other's address, and leaves it closed.
  Listener(Listener&& other) noexcept;
  /// Closes, then takes over the other's address.
  Listener& operator=(Listener&& other) noexcept;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  /// Closes.
  ~Listener();

  /// Waits for a client and returns the connection to it. A client that fails to prove the key
  /// costs an exception, and the listener can be used on.
  /// - Python: `accept`. The timeout is past Python.
  /// - Throws: `TimeoutError` if none came in time; `AuthenticationError` if one did not prove the
  ///   key in time; `EOFError` or `OSError` if it went away meanwhile; `OSError` ("listener is
  ///   closed") after `close`.
  [[nodiscard]] Connection accept(const Timeout& timeout = {});

  /// Stops listening and removes the file of the address, if it has one; again is fine. In a
  /// process forked from the one that made it, the file stays.
  void close() noexcept;

  /// Where it listens: the real port where 0 was asked for. Stays after `close`.
  [[nodiscard]] const Address& address() const;
  /// Where the client accepted last came from, or nothing. Local clients mostly have an empty path.
  [[nodiscard]] const std::optional<Address>& last_accepted() const;
  /// The handle, which becomes readable when a client waits. Stays the listener's. Past Python.
  [[nodiscard]] native_handle fileno() const;

 private:
  struct State;
  [[nodiscard]] State& state() const;

  std::unique_ptr<State> state_;
};

/// Keyword arguments of `Client`, in Python's order; what follows `authkey` is past Python.
struct ClientOptions {
  /// What the address must be. Default: what it says.
  std::optional<Family> family = {};
  /// The key to prove, and that the listener must prove. None: the listener must have none.
  std::optional<std::string> authkey = {};
  /// The longest to wait for a place in the listener's queue. Default: for ever.
  Timeout timeout = {};
  /// The longest that the listener may take from there on to prove the key. Python waits for ever,
  /// even for a listener that has no key and so will never say anything.
  Timeout handshake_timeout = std::chrono::seconds(20);
  /// Refuse proofs by MD5, and with them Python up to 3.11.
  bool require_sha = false;
};

/// Connects to a Listener, of this library or of Python.
/// - Python: `multiprocessing.connection.Client`.
/// - Throws: `OSError` if there is no listener (`no_such_file_or_directory`, `connection_refused`);
///   `TimeoutError` after `options.timeout`; `AuthenticationError` if the keys differ, or the
///   listener has none or took too long; `ValueError` as `Listener`.
/// - Blocks: also while a host name is looked up, for which the timeout does not count.
[[nodiscard]] PROGENY_EXPORT Connection Client(const Address& address,
                                               const ClientOptions& options = {});

}  // namespace progeny::multiprocessing::connection
