#pragma once

// Switches that force the slower paths of the library, so that tests reach every one of them.
//
// They are environment variables, read once at load time. A host that sets them gets slower calls
// and the same results.

#include <cstdint>
#include <string_view>

namespace progeny::platform {

/// What newer kernels have and older ones make up for by a fallback.
enum class Feature : std::uint8_t { pidfd, close_range, nosignal_write, futex_waitv };

/// Whether `PROGENY_WITHOUT`, a list separated by commas, names the feature. Its users then act as
/// if the kernel lacked it.
[[nodiscard]] bool is_disabled(Feature feature) noexcept;

/// The launch back end that `PROGENY_LAUNCH` names. Empty: the launcher chooses.
[[nodiscard]] std::string_view forced_launch() noexcept;

}  // namespace progeny::platform
