#pragma once

// Environment variables that a system gives every process, asked or not.

#include <string>

namespace progeny::testing {

/// `listing`, which holds one `NAME=value` in each line, without those of the system.
[[nodiscard]] std::string without_system_variables(const std::string& listing);

}  // namespace progeny::testing
