#pragma once

// A hash that is the same in every process, and can be computed at compile time.

#include <cstdint>
#include <string_view>

namespace progeny::detail {

/// FNV-1a with 64 bits. `seed` is the hash of the bytes before, so that parts can be hashed in
/// turn. A change of any single byte changes the result, as each step is invertible.
[[nodiscard]] constexpr std::uint64_t hash(std::string_view bytes,
                                           std::uint64_t seed = 0xcbf29ce484222325U) noexcept {
  constexpr std::uint64_t prime = 0x100000001b3U;
  for (const char byte : bytes) {
    seed = (seed ^ static_cast<unsigned char>(byte)) * prime;
  }
  return seed;
}

}  // namespace progeny::detail
