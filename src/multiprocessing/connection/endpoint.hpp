#pragma once

// Translates between the addresses that users write and the endpoints of the platform.

#include "platform/ipc/socket.hpp"

#include <progeny/multiprocessing/connection/address.hpp>

#include <optional>
#include <string>

namespace progeny::multiprocessing::detail {

/// The endpoint of an address. Throws ValueError if the address is not of `family`, or of a family
/// that this system does not have.
[[nodiscard]] platform::Endpoint endpoint_for(const connection::Address& address,
                                              std::optional<connection::Family> family);

/// The address of an endpoint.
[[nodiscard]] connection::Address address_of(const platform::Endpoint& endpoint);

/// Throws ValueError for an empty key, which would look like a protection and be none.
void check_authkey(const std::optional<std::string>& authkey);

}  // namespace progeny::multiprocessing::detail
