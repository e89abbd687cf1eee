#pragma once

// Advice to the system about memory.

#include <cstddef>

namespace progeny::platform {

/// Says that a large block of memory is about to be filled from one end to the other, so that the
/// system may back it with large pages. Changes nothing that a program can see.
void advise_large_pages(void* begin, std::size_t size) noexcept;

}  // namespace progeny::platform
