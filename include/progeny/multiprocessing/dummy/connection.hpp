#pragma once

// Connections between threads: Python's `multiprocessing.dummy.connection`. What arrives is the
// very object that was sent.

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/dummy/queue.hpp>
#include <progeny/serial/type_name.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::dummy {

namespace connection {

namespace detail {

/// An object on its way, of any type.
struct Parcel {
  std::shared_ptr<void> object = {};
  const std::type_info* type = nullptr;
  std::string_view name = {};
};

/// Throws `TypeError`: another type was sent than the one that is wanted.
[[noreturn]] PROGENY_EXPORT void throw_other_type(const Parcel& parcel, std::string_view wanted);

}  // namespace detail

/// One end of a connection between threads.
///
/// - Python: `multiprocessing.dummy.connection.Connection`. Differs: `recv` names the type.
/// - Threads: safe.
class PROGENY_EXPORT Connection {
 public:
  /// Reads from one queue and writes to the other.
  Connection(Queue<detail::Parcel> incoming, Queue<detail::Parcel> outgoing)
      : incoming_(std::move(incoming)), outgoing_(std::move(outgoing)) {}

  /// Sends an object, which is moved if it can be. Never blocks.
  template <class T>
  void send(T&& object) {
    using Object = std::decay_t<T>;
    outgoing_.put({.object = std::make_shared<Object>(std::forward<T>(object)),
                   .type = &typeid(Object),
                   .name = serial::type_name<Object>});
  }

  /// Receives an object.
  /// - Throws: `TypeError` if one of another type has come. It is lost then.
  /// - Blocks: until one has come. A peer that is gone is no end, as in Python.
  template <class T>
  [[nodiscard]] T recv() {
    const detail::Parcel parcel = incoming_.get();
    if (*parcel.type != typeid(T)) {
      detail::throw_other_type(parcel, serial::type_name<T>);
    }
    return std::move(*static_cast<T*>(parcel.object.get()));
  }

  /// Sends bytes.
  void send_bytes(std::string_view bytes) { send(std::string(bytes)); }
  /// Receives bytes.
  /// - Throws: `TypeError` if something else has come.
  [[nodiscard]] std::string recv_bytes() { return recv<std::string>(); }

  /// Whether something can be received.
  /// - Blocks: until it can, at most `timeout`.
  [[nodiscard]] bool poll(Timeout timeout = std::chrono::seconds(0));

  /// Does nothing, as in Python.
  void close() noexcept {}

 private:
  Queue<detail::Parcel> incoming_;
  Queue<detail::Parcel> outgoing_;
};

namespace detail {

/// A client that waits to be accepted, with the server's end.
using Backlog = Queue<Connection>;

}  // namespace detail

/// Where clients connect to: the listener itself, as there are no names between threads.
class PROGENY_EXPORT Address {
 public:
  /// Of this listener.
  explicit Address(detail::Backlog backlog) : backlog_(std::move(backlog)) {}

 private:
  friend PROGENY_EXPORT Connection Client(const Address& address);
  detail::Backlog backlog_;
};

/// Keyword arguments of `Listener`.
struct ListenerOptions {
  /// How many clients may wait to be accepted.
  int backlog = 1;
};

/// Waits for clients.
/// - Python: `multiprocessing.dummy.connection.Listener`.
class PROGENY_EXPORT Listener {
 public:
  /// With a backlog of 1.
  explicit Listener(const ListenerOptions& options = {}) : backlog_(options.backlog) {}

  /// Connects with the client that has waited longest.
  /// - Throws: `TimeoutError` after `timeout`.
  /// - Blocks: until there is one.
  [[nodiscard]] Connection accept(Timeout timeout = {});
  /// Where clients connect to.
  [[nodiscard]] Address address() const { return Address(backlog_); }
  /// Does nothing, as there is nothing to free.
  void close() noexcept {}

 private:
  detail::Backlog backlog_;
};

/// Connects to a listener.
/// - Python: `multiprocessing.dummy.connection.Client`.
/// - Blocks: while the backlog is full.
[[nodiscard]] PROGENY_EXPORT Connection Client(const Address& address);

/// Two connected ends. Both send and receive, whatever `duplex` says, as in Python.
/// - Python: `multiprocessing.dummy.Pipe`.
[[nodiscard]] PROGENY_EXPORT std::pair<Connection, Connection> Pipe(bool duplex = true);

}  // namespace connection

using connection::Pipe;

}  // namespace progeny::multiprocessing::dummy
