#pragma once

// The server of a manager in the calling process.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/address.hpp>
#include <progeny/multiprocessing/managers/registry.hpp>

#include <memory>
#include <optional>
#include <string>

namespace progeny::multiprocessing::managers {

namespace detail {
class ServerCore;
}  // namespace detail

/// Owns objects and serves clients, of this library or of Python.
///
/// Each client connection has a thread, which waits in calls such as `get` and `acquire`. A client
/// that stalls, sends garbage or dies costs only itself: a lock that it held goes to the next, and
/// a call that it waited in ends.
///
/// - Python: `multiprocessing.managers.Server`.
/// - Platforms: POSIX.
class PROGENY_EXPORT Server {
 public:
  /// Listens at once; serves from `serve_forever` on. Without an address it chooses one.
  /// - Throws: `ValueError` for an empty key, otherwise as `Listener`.
  Server(Registry registry, const std::optional<connection::Address>& address, std::string authkey);
  /// Takes over the server of `other`.
  Server(Server&& other) noexcept;
  /// Stops, then takes over the server of `other`.
  Server& operator=(Server&& other) noexcept;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// Stops and waits for its threads.
  ~Server();

  /// The address, with the real port.
  [[nodiscard]] const connection::Address& address() const;
  /// Serves until a client's `shutdown` or `stop`. Then all clients have been cut off, and all
  /// threads have ended.
  /// - Blocks: until then; a method of a user's class that runs is waited for.
  void serve_forever();
  /// Ends `serve_forever`, from any thread.
  void stop() noexcept;

 private:
  std::unique_ptr<detail::ServerCore> core_;
};

}  // namespace progeny::multiprocessing::managers
