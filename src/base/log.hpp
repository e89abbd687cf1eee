#pragma once

// What the library tells the host beside its results.

#include <optional>
#include <string_view>

namespace progeny::detail {

/// Writes a warning to the host's log, or to stderr if there is none. Never throws: a warning must
/// not change what a call does.
void log_warning(std::string_view message) noexcept;

/// Writes a remark for the search for faults to the host's log, at the level debug. Lost if there
/// is no such log. Never throws.
void log_debug(std::string_view message) noexcept;

/// The level of the host's log; nothing if there is none, or if it has no say.
[[nodiscard]] std::optional<int> host_log_level() noexcept;

/// Writes `line` and a newline to stderr, in one piece. What cannot be written is lost.
void write_to_stderr(std::string_view line);

}  // namespace progeny::detail
