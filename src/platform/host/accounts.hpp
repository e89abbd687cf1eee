#pragma once

// Users and groups by name. Windows: finds none, as it has no options that would ask.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace progeny::platform {

/// The number of a user, or nothing if there is none of that name. A database that is missing, that
/// this process may not open, or that a server does not give, mostly counts as one without the
/// name: the C library does not tell them apart (getpwnam(3)). Goes on after EINTR.
/// - Throws: OSError with the call (`getpwnam`) and the name if descriptors or memory have run out,
///   or a file could be opened but not read.
/// - Blocks: while the database is read, which may be on a network.
[[nodiscard]] std::optional<std::uint32_t> find_user(const std::string& name);

/// The same for a group.
[[nodiscard]] std::optional<std::uint32_t> find_group(const std::string& name);

/// How many supplementary groups a process may have.
[[nodiscard]] std::size_t supplementary_group_limit() noexcept;

}  // namespace progeny::platform
