#pragma once

// What the synchronisation objects have in common, and what they let each other do.

#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/shared_object.hpp"

#include <progeny/multiprocessing/synchronize/lock.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::detail {

/// A Lock or RLock in shared memory.
struct LockState {
  RobustLock lock;
  /// How often an RLock has been acquired. The holder alone writes and reads it.
  std::atomic<std::uint32_t> depth{0};
  /// The member and its thread that have it, or 0: `thread_id`. Written by who has the lock, so
  /// that a thread which reads its own number here has it, and no other thread ever reads that.
  std::atomic<std::uint64_t> holder{0};
};

/// The calling thread's number among those of its process that use locks: not 0; 1 is the thread
/// that the process began with.
[[nodiscard]] std::uint32_t thread_number() noexcept;

/// The calling thread among all threads of all members.
[[nodiscard]] inline std::uint64_t thread_id(MemberId me) noexcept {
  return std::uint64_t{me} << 32 | thread_number();
}

/// Whether the calling thread has a lock, by the account of the lock.
[[nodiscard]] bool is_mine(const SharedObject& object);

/// Gets a Lock.
[[nodiscard]] Acquired acquire_lock(SharedObject& object, const Timeout& timeout = {});
/// Gets an RLock.
[[nodiscard]] Acquired acquire_recursive(SharedObject& object, const Timeout& timeout = {});

/// Lets a Lock go, or an RLock however often it was acquired. Returns whether anybody had it.
bool release_lock(SharedObject& object) noexcept;

/// Who has a Lock or RLock, in Python's words: "None", "MainProcess|Thread-2", ...
[[nodiscard]] std::string name_of_owner(const SharedObject& object);

/// The timeout that these options mean.
[[nodiscard]] Timeout timeout_of(const AcquireOptions& options) noexcept;

/// Tells the end of a wait the way that `owner_died` says: to there, or as an OwnerDied for `what`
/// ("the lock"). Returns whether the lock was got.
bool report(Acquired acquired, bool* owner_died, std::string_view what);

/// Makes objects of their memory, and gives it.
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
