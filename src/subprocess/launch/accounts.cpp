#include "subprocess/launch/accounts.hpp"

#include "platform/host/accounts.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <limits>
#include <string>
#include <string_view>
#include <variant>

namespace progeny::subprocess::detail {

namespace {

using LookUp = std::optional<std::uint32_t> (*)(const std::string&);

// To the system calls a number of all ones means "do not change": the child would keep the rights
// that it should lose. Differs from CPython: 3.11 lets 4294967295 through.
constexpr long long largest = std::numeric_limits<std::uint32_t>::max() - 1LL;

std::uint32_t number_of(const Account& account, std::string_view what, LookUp look_up) {
  if (const auto* number = std::get_if<long long>(&account.value())) {
    if (*number < 0 || *number > largest) {
      throw ValueError(fmt::format("{} must be 0 to {}, not {}", what, largest, *number));
    }
    return static_cast<std::uint32_t>(*number);
  }
  const auto& name = std::get<std::string>(account.value());
  if (name.find('\0') != std::string::npos) {
    throw ValueError(fmt::format("embedded NUL in the name of a {}", what));
  }
  if (const auto found = look_up(name)) {
    return *found;
  }
  throw LookupError(fmt::format("{} name not found: '{}'", what, name));
}

}  // namespace

std::optional<std::uint32_t> user_number(const std::optional<Account>& user) {
  if (!user) {
    return std::nullopt;
  }
  return number_of(*user, "user", platform::find_user);
}

std::optional<std::uint32_t> group_number(const std::optional<Account>& group) {
  if (!group) {
    return std::nullopt;
  }
  return number_of(*group, "group", platform::find_group);
}

std::optional<std::vector<std::uint32_t>> group_numbers(const Groups& groups) {
  if (groups.is_unchanged()) {
    return std::nullopt;
  }
  if (groups.accounts().size() > platform::supplementary_group_limit()) {
    throw ValueError(fmt::format("too many extra_groups: {}", groups.accounts().size()));
  }
  std::vector<std::uint32_t> numbers;
  for (const Account& account : groups.accounts()) {
    numbers.push_back(number_of(account, "group", platform::find_group));
  }
  return numbers;
}

}  // namespace progeny::subprocess::detail
