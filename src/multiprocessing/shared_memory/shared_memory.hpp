#pragma once

// Access to the private parts of `SharedMemory`, for the manager.

#include "multiprocessing/resource_tracker/resource_tracker.hpp"

#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>

namespace progeny::multiprocessing::detail {

/// A friend of `SharedMemory`.
class SharedMemoryAccess {
 public:
  /// The name and identity by which the resource tracker knows the block, if it tracks it.
  [[nodiscard]] static TrackedName tracked_name(const shared_memory::SharedMemory& memory);
};

}  // namespace progeny::multiprocessing::detail
