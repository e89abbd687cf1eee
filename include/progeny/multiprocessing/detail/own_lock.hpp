#pragma once

// The locks that values and arrays make for themselves. Not for users.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>

namespace progeny::multiprocessing::detail {

/// A new lock.
template <class L>
[[nodiscard]] L own_lock() {
  return L();
}
/// One that lies where values lie, and needs no descriptor. Throws OSError if there is no memory.
template <>
[[nodiscard]] PROGENY_EXPORT Lock own_lock<Lock>();
/// The same.
template <>
[[nodiscard]] PROGENY_EXPORT RLock own_lock<RLock>();

}  // namespace progeny::multiprocessing::detail
