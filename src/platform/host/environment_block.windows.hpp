#pragma once

// The environment in the form that CreateProcess takes. Windows only.

#include <progeny/base/environment.hpp>

#include <string>

namespace progeny::platform {

/// All variables as `NAME=value`, sorted by name without regard to case, each ended by a NUL, and
/// the whole by one more. Of two names that differ only by case, the last one counts.
[[nodiscard]] std::wstring environment_block(const Environment& environment);

}  // namespace progeny::platform
