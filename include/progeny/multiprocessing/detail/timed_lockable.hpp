#pragma once

// The members that `std::scoped_lock` and `std::unique_lock` need. Not for users.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>

#include <string_view>

namespace progeny::multiprocessing::detail {

/// Throws `OwnerDied`: the last owner of `what` died holding it.
[[noreturn]] PROGENY_EXPORT void throw_owner_died(std::string_view what = "the lock");

/// Adds the standard library's `TimedLockable` to a class with Python's `acquire` and `release`.
///
/// A guard whose constructor throws does not unlock. So these members release the lock before they
/// throw `OwnerDied`, while `acquire` leaves it with the caller.
template <class AnyLock>
class TimedLockable {
 public:
  /// As `acquire()`, except that the lock is free after `OwnerDied`.
  void lock() { static_cast<void>(lock_within({})); }
  /// As `acquire(false)`, except that the lock is free after `OwnerDied`.
  bool try_lock() { return lock_within(std::chrono::nanoseconds::zero()); }
  /// As `acquire` with a timeout, except that the lock is free after `OwnerDied`.
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& timeout) {
    return lock_within(timeout);
  }
  /// As `try_lock_for`, until a moment of any clock. A moment in the past looks once.
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& moment) {
    return lock_within(progeny::detail::timeout_until(moment));
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
