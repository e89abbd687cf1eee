#pragma once

// What a child says about a launch that failed. POSIX only.

#include "platform/launch/child_exec.posix.hpp"

#include <optional>
#include <string_view>

namespace progeny::platform {

/// Reads the bytes that came through the report pipe of a true fork until its end.
///
/// No bytes: the program runs, and the report names no step. Anything that is not one whole report
/// (a hook may write to any descriptor) is nothing.
[[nodiscard]] std::optional<ChildReport> parse_report(std::string_view bytes) noexcept;

}  // namespace progeny::platform
