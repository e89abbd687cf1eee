#pragma once

// Locks between processes: Python's `multiprocessing.Lock` and `RLock`.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/object_reference.hpp>
#include <progeny/multiprocessing/detail/timed_lockable.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>

namespace progeny::multiprocessing::detail {

class SharedObject;
class SynchronizeAccess;

}  // namespace progeny::multiprocessing::detail

namespace progeny::multiprocessing {

/// Keyword arguments of `acquire`.
struct AcquireOptions {
  /// Whether to wait at all; if not, `timeout` means nothing.
  bool block = true;
  /// The longest to wait; by default as long as it takes. Negative is as 0: look once.
  Timeout timeout = {};
  /// If set, is told whether the last owner has died with the lock; then no `OwnerDied` is thrown.
  bool* owner_died = nullptr;
};

/// A lock that one thread of one process has at a time.
///
/// Objects are references, as in Python: a copy is the same lock, also one that has travelled to
/// another process, as an argument of a `Process` or over a local connection. The memory has no
/// name and goes with the last process that has it.
///
/// When a process ends while it has the lock, by whatever cause, the next one gets it within a
/// millisecond, together with the news, since what the lock protects may be half done.
///
/// - Python: `multiprocessing.Lock`. Differs: in Python a lock whose owner was killed stays locked.
/// - Std: a `TimedLockable` for `std::scoped_lock`, `std::unique_lock`,
///   `std::condition_variable_any`.
/// - Threads: safe. Signal handlers of the host do not interrupt a wait.
/// - Platforms: Linux. Before kernel 5.16 who waits looks for the owner's death each millisecond.
class PROGENY_EXPORT Lock : public detail::TimedLockable<Lock> {
 public:
  /// A new lock, free. Throws `OSError` if there is no memory or no descriptor.
  Lock();

  /// Gets the lock, also if this thread has it already: then it waits for another to release it.
  /// Returns false if that took too long, or could not be done at once without blocking.
  /// - Python: `acquire(block=True, timeout=None)`.
  /// - Throws: `OwnerDied` if the last owner died with the lock. The caller then has it, and is to
  ///   release it.
  bool acquire(const AcquireOptions& options = {});
  /// The same as `acquire({.block = block, .timeout = timeout})`.
  bool acquire(bool block, const Timeout& timeout = {});

  /// Lets the lock go, whichever thread of whichever process has it.
  /// - Python: `release`.
  /// - Throws: `ValueError` if nobody has it.
  void release();

  /// Whether somebody has it. Python: `locked`, of 3.14.
  [[nodiscard]] bool locked() const noexcept;

 private:
  friend detail::SynchronizeAccess;
  explicit Lock(std::shared_ptr<detail::SharedObject> object) noexcept;

  detail::ObjectReference object_;
};

/// A lock that the thread which has it may acquire again, and must release as often.
///
/// All else as `Lock`.
/// - Python: `multiprocessing.RLock`.
class PROGENY_EXPORT RLock : public detail::TimedLockable<RLock> {
 public:
  /// A new lock, free. Throws `OSError` if there is no memory or no descriptor.
  RLock();

  /// As `Lock::acquire`; a thread that has the lock gets it at once.
  bool acquire(const AcquireOptions& options = {});
  /// The same as `acquire({.block = block, .timeout = timeout})`.
  bool acquire(bool block, const Timeout& timeout = {});

  /// Takes back one `acquire`; after the last the lock is free.
  /// - Throws: `UsageError` if this thread has not got it.
  void release();

  /// Whether somebody has it.
  [[nodiscard]] bool locked() const noexcept;

 private:
  friend detail::SynchronizeAccess;
  explicit RLock(std::shared_ptr<detail::SharedObject> object) noexcept;

  detail::ObjectReference object_;
};

/// What Python's `repr` says: `<Lock(owner=None)>`, and the name of the process (and thread) that
/// has it.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const Lock& lock);
/// The same with the depth: `<RLock(MainProcess, 2)>`.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const RLock& lock);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Lock& lock);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const RLock& lock);

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// The receiver's is the same lock.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Lock> {
  /// Two handles, an offset and a size.
  static constexpr std::size_t min_size = 2 * sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Lock& value);
  /// Reads it.
  static multiprocessing::Lock load(Reader& reader);
};

/// The receiver's is the same lock.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::RLock> {
  /// Two handles, an offset and a size.
  static constexpr std::size_t min_size = 2 * sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::RLock& value);
  /// Reads it.
  static multiprocessing::RLock load(Reader& reader);
};

}  // namespace progeny::serial
