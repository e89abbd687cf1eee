#pragma once

// Advice to the system about pages of memory.

#include <cstddef>

namespace progeny::platform {

/// Says that a large block of memory will be filled from one end to the other, so that the system
/// may back it with large pages. Changes nothing that a program can see. May do nothing.
void advise_large_pages(void* begin, std::size_t size) noexcept;

}  // namespace progeny::platform
