#pragma once

// Between endpoints and what the system calls an address. POSIX only.

#include "platform/ipc/socket.hpp"

#include <vector>

#include <sys/socket.h>

namespace progeny::platform {

/// An address and how many bytes of it count.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* get() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  [[nodiscard]] int family() const noexcept { return storage.ss_family; }
};

/// What `where` may mean, at least one address, in the order in which to try. `to_listen` gives an
/// empty host its meaning. Throws OSError with the call `getaddrinfo`, or for a path that is too
/// long `bind` or `connect`.
[[nodiscard]] std::vector<SocketAddress> resolve(const Endpoint& where, bool to_listen);

/// The reverse. Network addresses become numeric.
[[nodiscard]] Endpoint endpoint_from(const SocketAddress& address);

}  // namespace progeny::platform
