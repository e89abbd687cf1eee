#include "platform/host/accounts.hpp"

namespace progeny::platform {

// The options that would ask are refused earlier.
std::optional<std::uint32_t> find_user(const std::string&) {
  return std::nullopt;
}

std::optional<std::uint32_t> find_group(const std::string&) {
  return std::nullopt;
}

std::size_t supplementary_group_limit() noexcept {
  return 0;
}

}  // namespace progeny::platform
