#pragma once

// Bytes that nobody can guess.

#include <cstddef>
#include <string>

namespace progeny::platform {

/// `count` random bytes from the system. Throws OSError.
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace progeny::platform
