#pragma once

// Switches that force the library's slower paths, so that tests reach every one of them.

#include <cstdint>
#include <string_view>

namespace progeny::platform {

/// Facilities of newer kernels that have a fallback.
enum class Feature : std::uint8_t { pidfd, close_range, nosignal_write, futex_waitv };

/// Whether `PROGENY_WITHOUT` (a comma list, read once) says to act as if the kernel had it not.
[[nodiscard]] bool is_disabled(Feature feature) noexcept;

/// The launch back end that `PROGENY_LAUNCH` names (read once); empty: choose.
[[nodiscard]] std::string_view forced_launch() noexcept;

}  // namespace progeny::platform
