#pragma once

// Random bytes that cannot be guessed.

#include <cstddef>
#include <string>

namespace progeny::platform {

/// `count` bytes from the system's generator for keys. Goes on after EINTR.
/// - Throws: OSError if the system has no such generator.
/// - Blocks: early in the boot of the machine, until the generator has been seeded.
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace progeny::platform
