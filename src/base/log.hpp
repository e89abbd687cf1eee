#pragma once

// What the library tells the host beside its results: warnings, through spdlog.

#include <string_view>

namespace progeny::detail {

/// Logs a warning to the spdlog logger named `progeny`: the host's, if it has registered one, else
/// one that prints to stderr. Never throws: a warning must not change what a call does.
void log_warning(std::string_view message) noexcept;

}  // namespace progeny::detail
