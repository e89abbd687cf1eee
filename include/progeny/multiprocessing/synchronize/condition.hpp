#pragma once

// Waiting for a change of data that a lock protects: Python's `multiprocessing.Condition`.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/object_reference.hpp>
#include <progeny/multiprocessing/detail/timed_lockable.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <variant>

namespace progeny::multiprocessing {

/// A lock whose holder can wait for a notification.
///
/// Objects are references, as those of `Lock`. A killed process never blocks the others:
/// notifications go to living waiters only. If a waiter is killed after a notification reached it
/// but before it returned from `wait`, another waiter gets that notification within a quarter of a
/// second.
///
/// - Python: `multiprocessing.Condition`. Differs: Python's `notify` waits forever for a killed
///   waiter.
/// - Std: a `TimedLockable`, as `Lock`; `std::scoped_lock` replaces Python's `with`.
/// - Threads: safe. The host's signal handlers run during a wait and do not end it.
/// - Platforms: Linux.
class PROGENY_EXPORT Condition : public detail::TimedLockable<Condition> {
 public:
  /// Makes a condition with a new `RLock`.
  /// - Throws: `OSError` if memory runs out.
  Condition();
  /// Makes a condition with this lock. Other conditions may share the lock.
  /// - Throws: `OSError` if memory runs out.
  explicit Condition(Lock lock);
  /// Makes a condition with this lock. Other conditions may share the lock.
  /// - Throws: `OSError` if memory runs out.
  explicit Condition(RLock lock);

  /// Calls `acquire` of the lock.
  bool acquire(const AcquireOptions& options = {});
  /// Calls `acquire` of the lock.
  bool acquire(bool block, const Timeout& timeout = {});
  /// Calls `release` of the lock.
  void release();

  /// Releases the lock, waits for a notification, and acquires the lock again.
  ///
  /// An `RLock` is released completely, and is acquired again to the same depth. The caller holds
  /// the lock when `wait` returns or throws `OwnerDied`.
  /// - Python: `wait(timeout=None)`.
  /// - Returns: whether it was notified; false after `timeout`.
  /// - Throws: `UsageError` if this thread does not hold the lock. `OwnerDied` if a process died
  ///   holding the lock during the wait; with `owner_died` that goes to `*owner_died` instead.
  /// - Blocks: at most `timeout` for the notification; then, without limit, for the lock.
  bool wait(const Timeout& timeout = {}, bool* owner_died = nullptr);

  /// Waits until `predicate()` is true. `predicate` runs with the lock held.
  /// - Python: `wait_for(predicate, timeout=None)`.
  /// - Returns: the last result of `predicate`, which is false only if the time was up.
  /// - Throws: as `wait`, and whatever `predicate` throws.
  /// - Blocks: as `wait`.
  template <class Predicate>
  auto wait_for(Predicate predicate, const Timeout& timeout = {}) {
    const auto end = moment_of(timeout);
    auto answer = predicate();
    while (!static_cast<bool>(answer) && wait_before(end)) {
      answer = predicate();
    }
    return answer;
  }

  /// Wakes the `n` longest-waiting waiters, or all if there are fewer.
  ///
  /// Later waiters do not see this notification. A woken waiter returns from `wait` once the caller
  /// has released the lock. With more than 250 waiters at once, `notify` may wake more than `n`.
  /// - Python: `notify(n=1)`.
  /// - Throws: `UsageError` if this thread does not hold the lock.
  void notify(std::int64_t n = 1);
  /// Wakes all waiters.
  /// - Python: `notify_all`.
  /// - Throws: as `notify`.
  void notify_all();

  /// The text of Python's `repr`, with the number of waiters:
  /// `<Condition(<RLock(None, 0)>, 0)>`.
  friend PROGENY_EXPORT std::string to_string(const Condition& condition);

 private:
  friend serial::Codec<Condition>;
  using Moment = std::chrono::steady_clock::time_point;
  using AnyLock = std::variant<Lock, RLock>;

  Condition(AnyLock lock, std::shared_ptr<detail::SharedObject> object);
  [[nodiscard]] detail::SharedObject& locked() const;
  void check_is_mine(const char* call) const;
  [[nodiscard]] static Moment moment_of(const Timeout& timeout) noexcept;
  bool wait_before(Moment end);

  AnyLock lock_;
  detail::ObjectReference object_;
};

[[nodiscard]] PROGENY_EXPORT std::string to_string(const Condition& condition);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Condition& condition);

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// A condition travels as a reference: sender and receiver share one condition and one lock.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Condition> {
  /// The kind of lock; then for the lock and the waiters two handles, an offset and a size each.
  static constexpr std::size_t min_size = 1 + 4 * sizeof(std::uint32_t) + 4 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Condition& value);
  /// Reads it.
  static multiprocessing::Condition load(Reader& reader);
};

}  // namespace progeny::serial
