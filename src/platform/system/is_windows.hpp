#pragma once

// Which of the two families of systems this is, for options that exist on one of them only.

namespace progeny::platform {

[[nodiscard]] bool is_windows() noexcept;

}  // namespace progeny::platform
