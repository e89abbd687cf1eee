#pragma once

// Reading the report of a child whose launch failed. POSIX only.

#include "platform/launch/child_exec.posix.hpp"

#include <optional>
#include <string_view>

namespace progeny::platform {

/// The report in all bytes that came through the report pipe of a true fork.
///
/// No bytes mean that the program runs: the report names no step. Nothing is returned for anything
/// but one whole report; a hook may write to any descriptor.
[[nodiscard]] std::optional<ChildReport> parse_report(std::string_view bytes) noexcept;

}  // namespace progeny::platform
