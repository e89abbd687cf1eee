#pragma once

// Semaphores between processes: Python's `multiprocessing.Semaphore` and `BoundedSemaphore`.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>
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

/// A number that is never below zero: `acquire` takes one, and waits until there is one; `release`
/// adds one.
///
/// Objects are references, as those of `Lock`. What a process has taken when it is killed stays
/// taken, since a semaphore does not know by whom; a process that is killed while it waits takes
/// nothing.
///
/// - Python: `multiprocessing.Semaphore`.
/// - Std: as `std::counting_semaphore`; and a `TimedLockable`, so that `std::scoped_lock` is
///   Python's `with`.
/// - Threads: safe. Signal handlers of the host do not interrupt a wait.
/// - Platforms: Linux.
class PROGENY_EXPORT Semaphore {
 public:
  /// A new semaphore of this value.
  /// - Throws: `ValueError` if that is negative, `std::overflow_error` if it is above `max()`,
  ///   `OSError` if there is no memory or no descriptor.
  explicit Semaphore(std::int64_t value = 1);

  /// The largest value that there is. Python: `SEM_VALUE_MAX`.
  [[nodiscard]] static constexpr std::int64_t max() noexcept {
    return std::numeric_limits<std::int32_t>::max();
  }

  /// Takes one. Returns false if there was none in time, or at once without `block`, when `timeout`
  /// means nothing. A negative timeout is as 0: look once.
  /// - Python: `acquire(block=True, timeout=None)`.
  bool acquire(bool block = true, const Timeout& timeout = {});

  /// Adds `n`.
  /// - Throws: `ValueError` if `n` is below 1, or the value would be above `max()` or, of a
  ///   BoundedSemaphore, above the one that it was made with; then nothing has changed.
  void release(std::int64_t n = 1);

  /// The value, which may be another one already.
  [[nodiscard]] std::int64_t get_value() const noexcept;

  /// As `acquire(false)`.
  bool try_acquire() { return acquire(false); }
  /// As `acquire(true, timeout)`.
  template <class Rep, class Period>
  bool try_acquire_for(const std::chrono::duration<Rep, Period>& timeout) {
    return acquire(true, timeout);
  }
  /// The same until a moment of any clock.
  template <class Clock, class Duration>
  bool try_acquire_until(const std::chrono::time_point<Clock, Duration>& moment) {
    return acquire(true, moment - Clock::now());
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
  /// One whose value is never above `limit`.
  Semaphore(std::int64_t value, std::int64_t limit);

 private:
  friend detail::SynchronizeAccess;
  explicit Semaphore(std::shared_ptr<detail::SharedObject> object) noexcept;

  std::shared_ptr<detail::SharedObject> object_;
};

/// A semaphore whose value never gets above the one that it was made with.
///
/// All else as `Semaphore`.
/// - Python: `multiprocessing.BoundedSemaphore`.
class PROGENY_EXPORT BoundedSemaphore : public Semaphore {
 public:
  /// As that of `Semaphore`.
  explicit BoundedSemaphore(std::int64_t value = 1) : Semaphore(value, value) {}

 private:
  friend detail::SynchronizeAccess;
  using Semaphore::Semaphore;
};

/// What Python's `repr` says: `<Semaphore(value=2)>`, `<BoundedSemaphore(value=2, maxvalue=2)>`.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const Semaphore& semaphore);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Semaphore& semaphore);

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// The receiver's is the same semaphore.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Semaphore> {
  /// Two handles, an offset and a size.
  static constexpr std::size_t min_size = 2 * sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Semaphore& value);
  /// Reads it.
  static multiprocessing::Semaphore load(Reader& reader);
};

/// The receiver's is the same semaphore.
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
