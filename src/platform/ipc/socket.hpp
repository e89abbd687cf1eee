#pragma once

// Sockets that listen and connect: by a path on this machine, by host and port on a network.
// Every socket made here is closed on exec from birth and never lands on the numbers of the
// standard streams.

#include "base/deadline.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace progeny::platform {

enum class SocketFamily : std::uint8_t { local, inet, inet6 };

/// Where a socket is, or is to be.
struct Endpoint {
  SocketFamily family = SocketFamily::local;
  /// Local: a path; with a leading NUL a name that no file has (Linux). Empty: it has no name.
  std::string path = {};
  /// Network: a name or a numeric address. Empty, to listen: all of this machine's addresses.
  std::string host = {};
  std::uint16_t port = 0;  ///< 0, to listen: any that is free.
};

/// Starts to listen. Throws OSError with the name of the step that failed, and the path or host.
/// May block while a host name is looked up.
[[nodiscard]] Handle listen_at(const Endpoint& where, int backlog);

/// Where a listening or connected socket is.
[[nodiscard]] Endpoint endpoint_of(native_handle socket);

/// A connection that came in.
struct Accepted {
  Handle socket;
  Endpoint peer;
};

/// Waits for a connection; nothing once the deadline has passed. Connections that came and went
/// are passed over. Throws OSError.
[[nodiscard]] std::optional<Accepted> accept_from(native_handle listener,
                                                  const detail::Deadline& deadline);

/// Connects; nothing once the deadline has passed. Throws OSError as `listen_at`.
[[nodiscard]] std::optional<Handle> connect_to(const Endpoint& where,
                                               const detail::Deadline& deadline);

/// Whether the process at the other end of a local socket ran as the same user when it connected.
[[nodiscard]] bool peer_is_same_user(native_handle socket) noexcept;

/// Another handle for what `handle` leads to. Throws OSError.
[[nodiscard]] Handle duplicate(native_handle handle);

}  // namespace progeny::platform
