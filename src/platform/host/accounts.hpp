#pragma once

// Users and groups of the system.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace progeny::platform {

/// The number of a user, or nothing if there is none of that name.
/// Throws OSError if the database cannot be read.
[[nodiscard]] std::optional<std::uint32_t> find_user(const std::string& name);

/// The same for a group.
[[nodiscard]] std::optional<std::uint32_t> find_group(const std::string& name);

/// How many supplementary groups a process may have.
[[nodiscard]] std::size_t supplementary_group_limit() noexcept;

}  // namespace progeny::platform
