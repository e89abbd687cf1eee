#pragma once

// The way into what `SharedMemory` keeps to itself.

#include "multiprocessing/resource_tracker/resource_tracker.hpp"

#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>

namespace progeny::multiprocessing::detail {

class SharedMemoryAccess {
 public:
  /// What the tracker knows it by, or would.
  [[nodiscard]] static TrackedName tracked_name(const shared_memory::SharedMemory& memory);
};

}  // namespace progeny::multiprocessing::detail
