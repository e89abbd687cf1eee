#pragma once

// What the library itself needs of the resource sharer.

#include <cstdint>

namespace progeny::multiprocessing::detail {

/// Drops a handle of this process that nobody will fetch, by its key. Nothing if it is gone.
void drop_shared(std::uint64_t key) noexcept;

}  // namespace progeny::multiprocessing::detail
