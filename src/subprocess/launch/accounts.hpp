#pragma once

// Users and groups, from the numbers and names of the options to the numbers of the system.

#include <progeny/subprocess/accounts.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace progeny::subprocess::detail {

/// Throws ValueError for a number out of range, LookupError for an unknown name.
[[nodiscard]] std::optional<std::uint32_t> user_number(const std::optional<Account>& user);
/// The same for a group.
[[nodiscard]] std::optional<std::uint32_t> group_number(const std::optional<Account>& group);
/// The same for all of them; nothing for unchanged.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> group_numbers(const Groups& groups);

}  // namespace progeny::subprocess::detail
