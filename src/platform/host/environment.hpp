#pragma once

// The environment variables of this process.

#include <progeny/base/environment.hpp>

#include <optional>
#include <string>

namespace progeny::platform {

/// All of them. Entries without a `=` are left out.
[[nodiscard]] Environment current_environment();

/// One of them, or nothing.
[[nodiscard]] std::optional<std::string> environment_variable(const char* name);

/// POSIX only: as the C library holds them, `name=value`, ended by a null.
[[nodiscard]] char* const* raw_environment() noexcept;

}  // namespace progeny::platform
