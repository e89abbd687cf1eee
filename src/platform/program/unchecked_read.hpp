#pragma once

// Reading memory of which is known only that it is readable.

#include <cstddef>
#include <span>

namespace progeny::platform {

/// Copies `to.size()` bytes from an address in a loaded module. They need not belong to one object:
/// the address sanitizer, which would complain, does not see this read.
void read_unchecked(const void* from, std::span<std::byte> to) noexcept;

}  // namespace progeny::platform
