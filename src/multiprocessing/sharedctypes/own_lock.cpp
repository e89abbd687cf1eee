#include <progeny/multiprocessing/detail/own_lock.hpp>

#include "multiprocessing/memory/shared_object.hpp"
#include "multiprocessing/synchronize/lock_state.hpp"

#include <progeny/multiprocessing/synchronize/lock.hpp>

namespace progeny::multiprocessing::detail {

// A plain `Lock()` has a region, and so a descriptor, of its own. A program with thousands of
// values would run out of descriptors, so these locks lie in the heap.

template <>
Lock own_lock<Lock>() {
  return SynchronizeAccess::make<Lock>(SharedObject::make_in_heap(sizeof(LockState)));
}

template <>
RLock own_lock<RLock>() {
  return SynchronizeAccess::make<RLock>(SharedObject::make_in_heap(sizeof(LockState)));
}

}  // namespace progeny::multiprocessing::detail
