#pragma once

// A connection whose other end is Python: messages are pickles.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/pickle.hpp>

#include <stop_token>
#include <string>
#include <utility>

namespace progeny::multiprocessing::connection {

/// How a `PickleConnection` writes and reads.
struct PickleOptions {
  /// How values are written.
  pickle::DumpOptions dump = {};
  /// What a message may ask for.
  pickle::LoadLimits load = {};
};

/// Objects to and from a Python process: what one side sends by `send`, the other gets by `recv`.
///
/// ```cpp
/// mp::connection::PickleConnection python(mp::connection::Client(address, {.authkey = key}));
/// python.send(std::map<std::string, int>{{"answer", 42}});
/// const auto names = python.recv<std::vector<std::string>>();
/// ```
///
/// A message of Python is never trusted: nothing in it is called. Python, however, calls what a
/// message names: it must trust whoever has the key.
///
/// - Python: `multiprocessing.connection.Connection`.
/// - Threads: as `Connection`.
/// - Example: examples/multiprocessing/pickle_peer.cpp
class PROGENY_EXPORT PickleConnection {
 public:
  /// Takes over a connection.
  explicit PickleConnection(Connection connection, PickleOptions options = {});

  /// Sends a value, or anything that becomes one.
  /// - Python: `send`.
  /// - Throws: `pickle::PicklingError`, and what `Connection::send_bytes` throws.
  /// - Blocks: as `Connection::send_bytes`.
  template <pickle::Picklable T>
  void send(const T& value, const std::stop_token& stop = {}) {
    send_pickle(pickle::dumps(value, options_.dump), stop);
  }

  /// Receives a value as it is.
  /// - Python: `recv`.
  /// - Throws: `pickle::UnpicklingError` if the message is no pickle, after which the next one can
  /// be
  ///   received; what `Connection::recv_bytes` throws.
  /// - Blocks: until a message has come, or the peer has closed its end.
  [[nodiscard]] pickle::Value recv(const std::stop_token& stop = {});

  /// Receives a value as a C++ type.
  /// - Python: `recv`.
  /// - Throws: also what `pickle::to` throws, after which the next message can be received.
  /// - Blocks: as `recv()`.
  template <pickle::Unpicklable T>
  [[nodiscard]] T recv(const std::stop_token& stop = {}) {
    return pickle::loads<T>(recv_pickle(stop), options_.load);
  }

  /// The connection, for `poll`, `close`, `fileno` and `connection::wait`.
  [[nodiscard]] Connection& connection() noexcept { return connection_; }
  /// The connection.
  [[nodiscard]] const Connection& connection() const noexcept { return connection_; }

 private:
  void send_pickle(const std::string& message, const std::stop_token& stop);
  [[nodiscard]] std::string recv_pickle(const std::stop_token& stop);

  Connection connection_;
  PickleOptions options_;
};

}  // namespace progeny::multiprocessing::connection
