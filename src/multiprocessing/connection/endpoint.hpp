#pragma once

// Between addresses as users write them and endpoints as the platform knows them.

#include "platform/ipc/socket.hpp"

#include <progeny/multiprocessing/connection/address.hpp>

#include <optional>
#include <string>

namespace progeny::multiprocessing::detail {

/// Throws ValueError if the address is not of the family that is asked for, or of one that this
/// system does not have.
[[nodiscard]] platform::Endpoint endpoint_for(const connection::Address& address,
                                              std::optional<connection::Family> family);

[[nodiscard]] connection::Address address_of(const platform::Endpoint& endpoint);

/// Throws ValueError for an empty key: it would look like a protection and be none.
void check_authkey(const std::optional<std::string>& authkey);

}  // namespace progeny::multiprocessing::detail
