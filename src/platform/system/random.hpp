#pragma once

// Random bytes that nobody can guess.

#include <cstddef>
#include <string>

namespace progeny::platform {

/// `count` bytes from the system's generator for keys. Throws OSError.
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace progeny::platform
