#pragma once

// The environment as CreateProcess takes it. Windows only.

#include <progeny/base/environment.hpp>

#include <string>

namespace progeny::platform {

/// All variables, sorted by their names without regard to case, each ended by a NUL and all of them
/// by one more. Of two names that differ only by case the last one counts.
[[nodiscard]] std::wstring environment_block(const Environment& environment);

}  // namespace progeny::platform
