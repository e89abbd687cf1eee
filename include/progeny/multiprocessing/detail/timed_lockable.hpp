#pragma once

// What the guards of the standard library ask of a lock.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>

#include <string_view>

namespace progeny::multiprocessing::detail {

/// Throws OwnerDied for a lock that its owner has died with.
[[noreturn]] PROGENY_EXPORT void throw_owner_died(std::string_view what = "the lock");

/// A `TimedLockable` of the standard library, for a class with Python's `acquire` and `release`.
///
/// Guards do not release what they did not get: so if the last owner died with the lock, it is free
/// again when `OwnerDied` is thrown.
template <class AnyLock>
class TimedLockable {
 public:
  /// As `acquire()`, but for `OwnerDied`: then the lock is free again.
  void lock() { static_cast<void>(lock_within({})); }
  /// As `acquire(false)`, with the exception as in `lock`.
  bool try_lock() { return lock_within(std::chrono::nanoseconds::zero()); }
  /// As `acquire` with a timeout, with the exception as in `lock`.
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& timeout) {
    return lock_within(timeout);
  }
  /// The same until a moment of any clock.
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& moment) {
    return lock_within(moment - Clock::now());
  }
  /// As `release`.
  void unlock() { self().release(); }

 private:
  friend AnyLock;
  TimedLockable() = default;

  [[nodiscard]] AnyLock& self() noexcept { return static_cast<AnyLock&>(*this); }

  bool lock_within(const Timeout& timeout) {
    bool owner_died = false;
    const bool acquired = self().acquire({.timeout = timeout, .owner_died = &owner_died});
    if (owner_died) {
      self().release();
      throw_owner_died();
    }
    return acquired;
  }
};

}  // namespace progeny::multiprocessing::detail
