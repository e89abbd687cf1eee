#pragma once

// The default locks of Value and Array. Not for users.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>

namespace progeny::multiprocessing::detail {

/// Makes the lock of a Value or Array that was given none.
template <class L>
[[nodiscard]] L own_lock() {
  return L();
}
/// Makes a lock in the heap of shared blocks, beside the values, so that it needs no descriptor.
/// - Throws: `OSError` if memory runs out.
template <>
[[nodiscard]] PROGENY_EXPORT Lock own_lock<Lock>();
/// As for `Lock`.
template <>
[[nodiscard]] PROGENY_EXPORT RLock own_lock<RLock>();

}  // namespace progeny::multiprocessing::detail
