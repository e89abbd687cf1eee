#pragma once

// Waiting for news about what a lock protects: Python's `multiprocessing.Condition`.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <variant>

namespace progeny::multiprocessing {

/// A lock whose holder can wait until another one notifies it.
///
/// Objects are references, as those of `Lock`. Nobody ever waits for a process that was killed: a
/// notification goes to one that lives, and one that a process had got but not seen when it was
/// killed goes on to another within a quarter of a second.
///
/// - Python: `multiprocessing.Condition`, whose `notify` waits for dead waiters for ever.
/// - Std: a `TimedLockable`, as `Lock`; `std::scoped_lock` is Python's `with`.
/// - Threads: safe. Signal handlers of the host do not interrupt a wait.
/// - Platforms: Linux.
class PROGENY_EXPORT Condition : public detail::TimedLockable<Condition> {
 public:
  /// With a new RLock. Throws `OSError` if there is no memory or no descriptor.
  Condition();
  /// With this lock, which others may use, too.
  explicit Condition(Lock lock);
  /// The same.
  explicit Condition(RLock lock);

  /// As that of the lock.
  bool acquire(const AcquireOptions& options = {});
  /// As that of the lock.
  bool acquire(bool block, const Timeout& timeout = {});
  /// As that of the lock.
  void release();

  /// Releases the lock, however often an RLock was acquired; waits until another one notifies; and
  /// acquires the lock again, as often. Returns whether it was notified, or false after `timeout`.
  /// In every case the caller has the lock again, for which there is no limit of time.
  ///
  /// If somebody died with the lock meanwhile, `*owner_died` is told so.
  /// - Throws: `UsageError` if this thread has not got the lock; `OwnerDied` without `owner_died`.
  bool wait(const Timeout& timeout = {}, bool* owner_died = nullptr);

  /// Waits until `predicate()`, called with the lock held, is true. Returns the last answer, which
  /// is false only if it took too long.
  /// - Throws: as `wait`.
  template <class Predicate>
  auto wait_for(Predicate predicate, const Timeout& timeout = {}) {
    const auto end = moment_of(timeout);
    auto answer = predicate();
    while (!static_cast<bool>(answer) && wait_before(end)) {
      answer = predicate();
    }
    return answer;
  }

  /// Wakes `n` of those who wait, those who have waited longest; all if there are not so many. It
  /// is not remembered for later ones. They have the lock when the caller has released it.
  ///
  /// Exactly so many, unless more than 250 wait at once: then it may be more.
  /// - Throws: `UsageError` if this thread has not got the lock.
  void notify(std::int64_t n = 1);
  /// Wakes all who wait.
  /// - Throws: as `notify`.
  void notify_all();

  /// What Python's `repr` says, with the number of those who wait:
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
  std::shared_ptr<detail::SharedObject> object_;
};

[[nodiscard]] PROGENY_EXPORT std::string to_string(const Condition& condition);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Condition& condition);

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// The receiver's is the same condition, with the same lock.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Condition> {
  /// A kind, and twice two handles, an offset and a size.
  static constexpr std::size_t min_size = 1 + 4 * sizeof(std::uint32_t) + 4 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Condition& value);
  /// Reads it.
  static multiprocessing::Condition load(Reader& reader);
};

}  // namespace progeny::serial
