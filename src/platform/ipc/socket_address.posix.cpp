#include "platform/ipc/socket_address.posix.hpp"

#include "platform/system/errno.posix.hpp"

#include <progeny/base/errors.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace progeny::platform {

namespace {

// Errors of getaddrinfo(3) have numbers of their own, apart from errno.
class LookupCategory : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "getaddrinfo"; }
  [[nodiscard]] std::string message(int value) const override { return ::gai_strerror(value); }
};

std::error_code lookup_error(int value) noexcept {
  // Never destroyed: an error may be looked at while the program ends.
  static const auto& category = *new LookupCategory;
  return value == EAI_SYSTEM ? last_error() : std::error_code(value, category);
}

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);

SocketAddress local_address(const std::string& path, const char* call) {
  SocketAddress address;
  auto* const local = reinterpret_cast<sockaddr_un*>(&address.storage);
  // A path needs room for its NUL; an abstract name has none at its end (unix(7)).
  const bool is_abstract = path.starts_with('\0');
  const std::size_t size = path.size() + (is_abstract ? 0 : 1);
  if (size > sizeof local->sun_path) {
    throw OSError(std::make_error_code(std::errc::filename_too_long), call, path);
  }
  local->sun_family = AF_UNIX;
  std::memcpy(local->sun_path, path.data(), path.size());
  address.size = static_cast<socklen_t>(path_offset + size);
  return address;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

std::vector<SocketAddress> network_addresses(const Endpoint& where, bool to_listen) {
  addrinfo hints{};
  hints.ai_family = where.family == SocketFamily::inet6 ? AF_INET6 : AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = to_listen ? AI_PASSIVE : 0;
  const char* const host = where.host.empty() ? nullptr : where.host.c_str();
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host, std::to_string(where.port).c_str(), &hints, &list);
  if (error != 0) {
    throw OSError(lookup_error(error), "getaddrinfo", where.host);
  }
  const std::unique_ptr<addrinfo, FreeAddresses> owner(list);
  std::vector<SocketAddress> addresses;
  for (; list != nullptr; list = list->ai_next) {
    SocketAddress& address = addresses.emplace_back();
    std::memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
    address.size = list->ai_addrlen;
  }
  return addresses;
}

Endpoint network_endpoint(const SocketAddress& address) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  const int error = ::getnameinfo(address.get(),
                                  address.size,
                                  host.data(),
                                  host.size(),
                                  port.data(),
                                  port.size(),
                                  NI_NUMERICHOST | NI_NUMERICSERV);
  if (error != 0) {
    throw OSError(lookup_error(error), "getnameinfo");
  }
  const bool is_six = address.family() == AF_INET6;
  return {.family = is_six ? SocketFamily::inet6 : SocketFamily::inet,
          .host = host.data(),
          .port = static_cast<std::uint16_t>(std::stoul(port.data()))};
}

Endpoint local_endpoint(const SocketAddress& address) {
  const auto* const local = reinterpret_cast<const sockaddr_un*>(&address.storage);
  const std::size_t size = address.size > path_offset ? address.size - path_offset : 0;
  const bool is_abstract = size != 0 && local->sun_path[0] == '\0';
  const std::size_t length = is_abstract ? size : ::strnlen(local->sun_path, size);
  return {.family = SocketFamily::local, .path = std::string(local->sun_path, length)};
}

}  // namespace

std::vector<SocketAddress> resolve(const Endpoint& where, bool to_listen) {
  const ErrnoKeeper keeper;
  if (where.family == SocketFamily::local) {
    return {local_address(where.path, to_listen ? "bind" : "connect")};
  }
  return network_addresses(where, to_listen);
}

Endpoint endpoint_from(const SocketAddress& address) {
  const ErrnoKeeper keeper;
  return address.family() == AF_UNIX ? local_endpoint(address) : network_endpoint(address);
}

}  // namespace progeny::platform
