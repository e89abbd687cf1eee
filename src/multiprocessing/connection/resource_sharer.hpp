#pragma once

// The part of resource_sharer that only the library uses.

#include <cstdint>

namespace progeny::multiprocessing::detail {

/// Drops a handle that this process shares and nobody will fetch, by its key. Does nothing if it is
/// gone.
void drop_shared(std::uint64_t key) noexcept;

}  // namespace progeny::multiprocessing::detail
