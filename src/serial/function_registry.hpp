#pragma once

// The functions that have names.

#include <progeny/serial/function.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace progeny::serial::detail {

/// The function that was registered under `name`.
[[nodiscard]] std::optional<Function> registered_function(std::string_view name);

/// A name under which `function` was registered; empty if there is none.
[[nodiscard]] std::string registered_name(const Function& function);

}  // namespace progeny::serial::detail
