#pragma once

// Sockets that listen, accept and connect: by a path on this machine, or by host and port on a
// network. Every socket made here is closed on exec from birth, and is never 0, 1 or 2.

#include "base/deadline.hpp"

#include <progeny/base/handle.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace progeny::platform {

/// What kind of address a socket has: a path, or host and port by IPv4 or IPv6.
enum class SocketFamily : std::uint8_t { local, inet, inet6 };

/// The address of a socket.
struct Endpoint {
  SocketFamily family = SocketFamily::local;
  /// Local: a path; with a leading NUL, a name without a file (Linux). Empty: the socket has none.
  std::string path = {};
  /// Network: a name or a numeric address. Empty, to listen: all addresses of this machine.
  std::string host = {};
  std::uint16_t port = 0;  ///< 0, to listen: any free one.
};

/// Makes a socket that listens, with room for `backlog` connections that wait to be accepted.
/// - Throws: OSError with the step that failed, and the path or host.
/// - Blocks: while a host name is looked up.
[[nodiscard]] Handle listen_at(const Endpoint& where, int backlog);

/// The address of a listening or connected socket, numeric on a network.
/// - Throws: OSError.
[[nodiscard]] Endpoint endpoint_of(native_handle socket);

/// A connection that was accepted.
struct Accepted {
  Handle socket;
  Endpoint peer;
};

/// Accepts a connection. Connections that ended before they were accepted are skipped. Goes on
/// after EINTR. Several processes may accept from one listener.
/// - Returns: nothing once the deadline has passed.
/// - Throws: OSError.
[[nodiscard]] std::optional<Accepted> accept_from(native_handle listener,
                                                  const detail::Deadline& deadline);

/// Connects to a listener. The addresses of a host name are tried in turn.
/// - Returns: nothing once the deadline has passed.
/// - Throws: OSError as `listen_at`.
/// - Blocks: until the deadline, and while a host name is looked up.
[[nodiscard]] std::optional<Handle> connect_to(const Endpoint& where,
                                               const detail::Deadline& deadline);

/// Whether the process at the other end of a local socket had this process's effective user when it
/// connected.
[[nodiscard]] bool peer_is_same_user(native_handle socket) noexcept;

/// Another handle for the same open file, closed on exec and above the standard streams.
/// - Throws: OSError.
[[nodiscard]] Handle duplicate(native_handle handle);

}  // namespace progeny::platform
