#include <progeny/multiprocessing/connection/address.hpp>

#include <progeny/base/errors.hpp>

#include <fmt/core.h>

#include <cstdint>
#include <limits>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::connection {

namespace {

Family family_of_path(std::string_view path) noexcept {
  return path.starts_with("\\\\") ? Family::named_pipe : Family::unix_socket;
}

std::uint16_t checked_port(int port) {
  if (port < 0 || port > std::numeric_limits<std::uint16_t>::max()) {
    throw ValueError(fmt::format("the port {} is not in 0 to 65535", port));
  }
  return static_cast<std::uint16_t>(port);
}

}  // namespace

Address::Address(std::string path) : family_(family_of_path(path)), path_(std::move(path)) {}

Address::Address(const char* path) : Address(std::string(path)) {}

Address::Address(std::string host, int port)
    : family_(host.find(':') == std::string::npos ? Family::inet : Family::inet6),
      host_(std::move(host)),
      port_(checked_port(port)) {}

std::string to_string(const Address& address) {
  switch (address.family()) {
    case Family::inet:
      return fmt::format("{}:{}", address.host(), address.port());
    case Family::inet6:
      return fmt::format("[{}]:{}", address.host(), address.port());
    case Family::unix_socket:
    case Family::named_pipe:
      break;
  }
  const std::string& path = address.path();
  return path.starts_with('\0') ? "@" + path.substr(1) : path;
}

std::ostream& operator<<(std::ostream& out, const Address& address) {
  return out << to_string(address);
}

}  // namespace progeny::multiprocessing::connection
