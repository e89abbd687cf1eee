#pragma once

// Which of the two families of systems this is, for options that only one of them has.

namespace progeny::platform {

/// Whether this is Windows; else it is POSIX.
[[nodiscard]] bool is_windows() noexcept;

}  // namespace progeny::platform
