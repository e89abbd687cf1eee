#include "platform/program/unchecked_read.hpp"

namespace progeny::platform {

// Volatile, byte by byte: a loop that the compiler turned into memcpy(3) would be checked after
// all.
[[gnu::no_sanitize_address]] void read_unchecked(const void* from,
                                                 std::span<std::byte> to) noexcept {
  const auto* const bytes = static_cast<const volatile unsigned char*>(from);
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i] = std::byte{bytes[i]};
  }
}

}  // namespace progeny::platform
