#pragma once

// The environment variables of this process.
//
// POSIX: reading them is unsafe while another thread changes them (setenv(3), putenv(3)); the
// caller must rule that out.

#include <progeny/base/environment.hpp>

#include <optional>
#include <string>

namespace progeny::platform {

/// A copy of all variables, as bytes (POSIX) or in UTF-8 (Windows). Entries without a `=` are left
/// out.
[[nodiscard]] Environment current_environment();

/// The value of one variable, or nothing.
[[nodiscard]] std::optional<std::string> environment_variable(const char* name);

}  // namespace progeny::platform
