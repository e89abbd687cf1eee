#include "multiprocessing/connection/endpoint.hpp"

#include "platform/ipc/socket.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/address.hpp>

#include <fmt/core.h>

#include <optional>

namespace progeny::multiprocessing::detail {

namespace {

using connection::Address;
using connection::Family;
using platform::Endpoint;
using platform::SocketFamily;

const char* name_of(Family family) noexcept {
  switch (family) {
    case Family::inet:
      return "inet";
    case Family::inet6:
      return "inet6";
    case Family::unix_socket:
      return "unix_socket";
    case Family::named_pipe:
      return "named_pipe";
  }
  return "";
}

bool is_network(Family family) noexcept {
  return family == Family::inet || family == Family::inet6;
}

// A host name may have addresses of both versions of IP, so its form does not tell the family.
bool fits(Family form, Family wanted) noexcept {
  return form == wanted || (is_network(form) && is_network(wanted));
}

}  // namespace

Endpoint endpoint_for(const Address& address, std::optional<Family> family) {
  const Family wanted = family.value_or(address.family());
  if (!fits(address.family(), wanted)) {
    throw ValueError(fmt::format("the address {} is of the family {}, not {}",
                                 to_string(address),
                                 name_of(address.family()),
                                 name_of(wanted)));
  }
  if (wanted == Family::named_pipe) {
    throw ValueError(fmt::format("the family {} of the address {} is not one of this system",
                                 name_of(wanted),
                                 to_string(address)));
  }
  if (is_network(wanted)) {
    return {.family = wanted == Family::inet6 ? SocketFamily::inet6 : SocketFamily::inet,
            .host = address.host(),
            .port = address.port()};
  }
  if (address.path().empty()) {
    throw ValueError("the address is empty");
  }
  return {.family = SocketFamily::local, .path = address.path()};
}

Address address_of(const Endpoint& endpoint) {
  if (endpoint.family == SocketFamily::local) {
    return {endpoint.path};
  }
  return {endpoint.host, endpoint.port};
}

void check_authkey(const std::optional<std::string>& authkey) {
  if (authkey && authkey->empty()) {
    throw ValueError("an empty authkey protects nothing: give a key, or none");
  }
}

}  // namespace progeny::multiprocessing::detail
