#pragma once

// Semaphores between processes: Python's `multiprocessing.Semaphore` and `BoundedSemaphore`.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/object_reference.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <memory>
#include <string>

namespace progeny::multiprocessing::detail {

class SharedObject;
class SynchronizeAccess;

}  // namespace progeny::multiprocessing::detail

namespace progeny::multiprocessing {

/// A counter that never falls below zero: `acquire` subtracts one and waits while the value is 0;
/// `release` adds to it.
///
/// Objects are references, as those of `Lock`. A semaphore does not record its takers. If a process
/// is killed after `acquire`, the unit that it took is lost. Killing a process that waits in
/// `acquire` loses nothing.
///
/// - Python: `multiprocessing.Semaphore`. Differs: `release` can add several at once.
/// - Std: as `std::counting_semaphore`; also a `TimedLockable`, so that `std::scoped_lock` replaces
///   Python's `with`.
/// - Threads: safe. The host's signal handlers run during a wait and do not end it.
/// - Platforms: Linux.
class PROGENY_EXPORT Semaphore {
 public:
  /// Makes a new semaphore with this value.
  /// - Throws: `ValueError` if `value` is negative, `std::overflow_error` if it is above `max()`,
  ///   `OSError` if memory runs out.
  explicit Semaphore(std::int64_t value = 1);

  /// The largest possible value.
  /// - Python: `SEM_VALUE_MAX`.
  [[nodiscard]] static constexpr std::int64_t max() noexcept {
    return std::numeric_limits<std::int32_t>::max();
  }

  /// Subtracts one from the value. Without `block` the call ignores `timeout`.
  /// - Python: `acquire(block=True, timeout=None)`.
  /// - Returns: true if it took one; false if the value stayed 0 until the time was up, or was 0
  ///   and `block` is false.
  /// - Blocks: while the value is 0, at most `timeout`. 0 and negative timeouts look once.
  bool acquire(bool block = true, const Timeout& timeout = {});

  /// Adds `n` to the value and wakes as many waiters.
  /// - Python: `release`. Differs: `n` is as in `threading.Semaphore`.
  /// - Throws: `ValueError` if `n` is below 1, or if the value would exceed `max()` or, for a
  ///   `BoundedSemaphore`, its first value. The value is then unchanged.
  void release(std::int64_t n = 1);

  /// The value at this moment. Another process may change it before the caller uses it.
  /// - Python: `get_value`.
  [[nodiscard]] std::int64_t get_value() const noexcept;

  /// As `acquire(false)`.
  bool try_acquire() { return acquire(false); }
  /// As `acquire(true, timeout)`.
  /// - Blocks: at most `timeout`.
  template <class Rep, class Period>
  bool try_acquire_for(const std::chrono::duration<Rep, Period>& timeout) {
    return acquire(true, timeout);
  }
  /// As `try_acquire_for`, until a moment of any clock. A moment in the past looks once.
  /// - Blocks: at most until `moment`.
  template <class Clock, class Duration>
  bool try_acquire_until(const std::chrono::time_point<Clock, Duration>& moment) {
    return acquire(true, progeny::detail::timeout_until(moment));
  }

  /// As `acquire()`.
  void lock() { acquire(); }
  /// As `acquire(false)`.
  bool try_lock() { return acquire(false); }
  /// As `try_acquire_for`.
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& timeout) {
    return try_acquire_for(timeout);
  }
  /// As `try_acquire_until`.
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& moment) {
    return try_acquire_until(moment);
  }
  /// As `release()`.
  void unlock() { release(); }

 protected:
  /// Makes a semaphore whose value never exceeds `limit`.
  Semaphore(std::int64_t value, std::int64_t limit);

 private:
  friend detail::SynchronizeAccess;
  explicit Semaphore(std::shared_ptr<detail::SharedObject> object) noexcept;

  detail::ObjectReference object_;
};

/// A semaphore whose value never exceeds its first value.
///
/// Everything else is as for `Semaphore`.
///
/// - Python: `multiprocessing.BoundedSemaphore`.
/// - Threads: safe.
/// - Platforms: Linux.
class PROGENY_EXPORT BoundedSemaphore : public Semaphore {
 public:
  /// Makes a new semaphore with this value, which is also its upper limit.
  /// - Throws: as the constructor of `Semaphore`.
  explicit BoundedSemaphore(std::int64_t value = 1) : Semaphore(value, value) {}

 private:
  friend detail::SynchronizeAccess;
  using Semaphore::Semaphore;
};

/// The text of Python's `repr`: `<Semaphore(value=2)>`, `<BoundedSemaphore(value=2, maxvalue=2)>`.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const Semaphore& semaphore);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Semaphore& semaphore);

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// A semaphore travels as a reference: sender and receiver share one semaphore.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Semaphore> {
  /// Two handles, an offset and a size.
  static constexpr std::size_t min_size = 2 * sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Semaphore& value);
  /// Reads it.
  static multiprocessing::Semaphore load(Reader& reader);
};

/// A semaphore travels as a reference: sender and receiver share one semaphore.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::BoundedSemaphore> {
  /// Two handles, an offset and a size.
  static constexpr std::size_t min_size = 2 * sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::BoundedSemaphore& value);
  /// Reads it.
  static multiprocessing::BoundedSemaphore load(Reader& reader);
};

}  // namespace progeny::serial
