#pragma once

// Reading memory of which nothing is known but that it can be read.

#include <cstddef>
#include <span>

namespace progeny::platform {

/// Copies `to.size()` bytes from an address in a loaded module, which need not be those of any one
/// object: sanitizers do not look.
void read_unchecked(const void* from, std::span<std::byte> to) noexcept;

}  // namespace progeny::platform
