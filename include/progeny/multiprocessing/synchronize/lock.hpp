#pragma once

// Locks between processes: Python's `multiprocessing.Lock` and `RLock`.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/object_reference.hpp>
#include <progeny/multiprocessing/detail/timed_lockable.hpp>
#include <progeny/multiprocessing/errors.hpp>  // IWYU pragma: export
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
  /// Whether to wait. If not, the call looks once and ignores `timeout`. Default: wait.
  bool block = true;
  /// The longest wait. 0 and negative values look once. Default: forever.
  Timeout timeout = {};
  /// If not null, the call stores here whether the last owner died holding the lock, and does not
  /// throw `OwnerDied`. Default: throw.
  bool* owner_died = nullptr;
};

/// A lock that one thread of one process holds at a time.
///
/// Objects are references, as in Python. A copy is the same lock, even in another process that
/// received it as an argument of `Process` or over a local connection. The memory has no name, and
/// the kernel frees it when the last process lets go of it.
///
/// If a process ends while it holds the lock, for any reason, the next caller gets the lock within
/// a millisecond. That caller also learns of the death, because the data that the lock protects may
/// be half changed.
///
/// - Python: `multiprocessing.Lock`. Differs: in Python a lock whose owner was killed stays locked.
/// - Std: a `TimedLockable` for `std::scoped_lock`, `std::unique_lock`,
///   `std::condition_variable_any`.
/// - Threads: safe. The host's signal handlers run during a wait and do not end it.
/// - Platforms: Linux. Before kernel 5.16 a waiter polls each millisecond for the owner's death.
class PROGENY_EXPORT Lock : public detail::TimedLockable<Lock> {
 public:
  /// Makes a new lock, which is free.
  /// - Throws: `OSError` if memory runs out.
  Lock();

  /// Gets the lock.
  ///
  /// The lock is not recursive: a thread that already holds it waits for someone else's `release`.
  /// - Python: `acquire(block=True, timeout=None)`.
  /// - Returns: true once the caller holds the lock; false if the time was up, or if the lock was
  ///   taken and `block` is false.
  /// - Throws: `OwnerDied` if the last owner died holding the lock. The caller then holds the lock
  ///   and must release it.
  /// - Blocks: until the lock is free, its owner dies, or `timeout` passes.
  bool acquire(const AcquireOptions& options = {});
  /// As `acquire({.block = block, .timeout = timeout})`.
  bool acquire(bool block, const Timeout& timeout = {});

  /// Frees the lock. Any thread of any process may do that, not only the holder.
  /// - Python: `release`.
  /// - Throws: `ValueError` if the lock is free.
  void release();

  /// Whether any process holds the lock, even a dead one.
  /// - Python: `locked`, since 3.14.
  [[nodiscard]] bool locked() const noexcept;

 private:
  friend detail::SynchronizeAccess;
  explicit Lock(std::shared_ptr<detail::SharedObject> object) noexcept;

  detail::ObjectReference object_;
};

/// A recursive lock: its holder may acquire it again, and must release it as often.
///
/// Everything else is as for `Lock`.
///
/// - Python: `multiprocessing.RLock`. Differs: as `Lock` does.
/// - Threads: safe. The host's signal handlers run during a wait and do not end it.
/// - Platforms: as `Lock`.
class PROGENY_EXPORT RLock : public detail::TimedLockable<RLock> {
 public:
  /// Makes a new lock, which is free.
  /// - Throws: `OSError` if memory runs out.
  RLock();

  /// Gets the lock, at once if this thread already holds it.
  /// - Python: `acquire(block=True, timeout=None)`.
  /// - Returns: as `Lock::acquire`.
  /// - Throws: as `Lock::acquire`.
  /// - Blocks: as `Lock::acquire`.
  bool acquire(const AcquireOptions& options = {});
  /// As `acquire({.block = block, .timeout = timeout})`.
  bool acquire(bool block, const Timeout& timeout = {});

  /// Undoes one `acquire`. The lock is free after as many `release` calls as `acquire` calls.
  /// - Python: `release`. Differs: `UsageError` instead of `AssertionError`.
  /// - Throws: `UsageError` if this thread does not hold the lock.
  void release();

  /// Whether any process holds the lock, even a dead one.
  /// - Python: `locked`, since 3.14.
  [[nodiscard]] bool locked() const noexcept;

 private:
  friend detail::SynchronizeAccess;
  explicit RLock(std::shared_ptr<detail::SharedObject> object) noexcept;

  detail::ObjectReference object_;
};

/// The text of Python's `repr`: `<Lock(owner=None)>`, or with the name of the process (and thread)
/// that holds the lock.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const Lock& lock);
/// The same with the depth: `<RLock(MainProcess, 2)>`.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const RLock& lock);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Lock& lock);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const RLock& lock);

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// A lock travels as a reference: sender and receiver share one lock.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Lock> {
  /// Two handles, an offset and a size.
  static constexpr std::size_t min_size = 2 * sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Lock& value);
  /// Reads it.
  static multiprocessing::Lock load(Reader& reader);
};

/// A lock travels as a reference: sender and receiver share one lock.
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
