#pragma once

// Conversion between endpoints and the addresses of the system. POSIX only.

#include "platform/ipc/socket.hpp"

#include <vector>

#include <sys/socket.h>

namespace progeny::platform {

/// An address, and how many of its bytes are in use.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* get() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  [[nodiscard]] int family() const noexcept { return storage.ss_family; }
};

/// The addresses that `where` may mean: at least one, in the order in which to try them. With
/// `to_listen`, an empty host means all addresses of this machine, else the loopback.
/// - Throws: OSError with the call `getaddrinfo`; for a path that is too long, `bind` or `connect`.
/// - Blocks: while a host name is looked up.
[[nodiscard]] std::vector<SocketAddress> resolve(const Endpoint& where, bool to_listen);

/// The endpoint of an address. Hosts become numeric.
/// - Throws: OSError with the call `getnameinfo`.
[[nodiscard]] Endpoint endpoint_from(const SocketAddress& address);

}  // namespace progeny::platform
