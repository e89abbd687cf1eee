#pragma once

// The state of Lock and RLock in shared memory, and what Condition and the sharedctypes need of it.

#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/memory/shared_object.hpp"

#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::detail {

// A RobustLock knows its owner as a process, because a process is what dies. Python's RLock belongs
// to a thread, so the state adds which thread of the process holds the lock, and how deep.
//
//   lock     holder       depth   meaning
//   0        0            any     free
//   member   0            any     its owner is between two steps: it has just taken the lock, or is
//                                 about to free it
//   member   its thread   1..n    held by that thread, which acquired it n times
//   dead     any          any     left by a killed process; the next caller takes the lock over
//
// The only wake-ups are those of `lock` (memory/robust_lock.hpp). Death needs no repair here: the
// next owner overwrites both fields, and until then `holder` names a thread that no longer exists,
// with a number that is never given again.

/// A Lock or RLock in shared memory.
struct LockState {
  /// Whether the lock is taken, and by which process. Its release and acquire order everything
  /// else here: a new owner sees all stores of the previous one. So the fields below are relaxed.
  RobustLock lock;
  /// How often an RLock was acquired. Only the holder writes and uses it.
  std::atomic<std::uint32_t> depth{0};
  /// The holding thread as `thread_id`, or 0. The thread that takes the lock stores its id, and the
  /// one that frees the lock stores 0. Others read it without the lock, but only to compare it with
  /// their own id (`is_mine`). Only the thread itself stores its id, so a thread that finds its id
  /// here has stored it and has not freed the lock since.
  std::atomic<std::uint64_t> holder{0};
};

/// The calling thread's number within its process. Never 0; 1 is the main thread.
[[nodiscard]] std::uint32_t thread_number() noexcept;

/// The calling thread's id, unique among all threads of all members: the member in the upper half,
/// the thread's number in the lower.
[[nodiscard]] inline std::uint64_t thread_id(MemberId me) noexcept {
  return std::uint64_t{me} << 32 | thread_number();
}

/// Whether the calling thread holds a lock.
[[nodiscard]] bool is_mine(const SharedObject& object);

/// Acquires a Lock.
[[nodiscard]] Acquired acquire_lock(SharedObject& object, const Timeout& timeout = {});
/// Acquires an RLock.
[[nodiscard]] Acquired acquire_recursive(SharedObject& object, const Timeout& timeout = {});

/// Frees a Lock, or an RLock of any depth. Returns false if it was free.
bool release_lock(SharedObject& object) noexcept;

/// The owner of a Lock or RLock in Python's words: "None", "MainProcess|Thread-2" and so on.
[[nodiscard]] std::string name_of_owner(const SharedObject& object);

/// The timeout of an `acquire` with these options: 0 without `block`.
[[nodiscard]] Timeout timeout_of(const AcquireOptions& options) noexcept;

/// Returns whether the lock was acquired. If its last owner died, stores that in `*owner_died`, or
/// throws `OwnerDied` about `what` ("the lock") if `owner_died` is null.
bool report(Acquired acquired, bool* owner_died, std::string_view what);

/// Lets this folder's sources construct public objects from shared memory and reach that memory.
class SynchronizeAccess {
 public:
  template <class T>
  [[nodiscard]] static T make(std::shared_ptr<SharedObject> object) {
    return T(std::move(object));
  }
  template <class T>
  [[nodiscard]] static const std::shared_ptr<SharedObject>& object(const T& value) noexcept {
    return value.object_;
  }
};

}  // namespace progeny::multiprocessing::detail
