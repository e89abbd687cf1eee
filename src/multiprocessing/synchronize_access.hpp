#pragma once

// What the synchronisation objects have in common, and what they let each other do.

#include "base/deadline.hpp"
#include "multiprocessing/robust_lock.hpp"
#include "multiprocessing/shared_object.hpp"

#include <progeny/multiprocessing/lock.hpp>

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
  std::atomic<std::uint32_t> thread{0};  ///< Of the owner's threads the one that acquired it.
  std::atomic<std::uint32_t> depth{0};   ///< How often an RLock has been acquired.
};

/// The calling thread's number among those of its process that use locks: not 0; 1 is the thread
/// that the process began with.
[[nodiscard]] std::uint32_t thread_number() noexcept;

/// The calling thread as Python would name it: "MainProcess", or "MainProcess|Thread-2".
[[nodiscard]] std::string name_of_thread();

/// Whether the calling thread has a lock, which it need not have alone.
[[nodiscard]] bool is_mine(const SharedObject& object) noexcept;

/// Gets a Lock.
[[nodiscard]] Acquired acquire_lock(SharedObject& object,
                                    const progeny::detail::Deadline& deadline);
/// Gets an RLock.
[[nodiscard]] Acquired acquire_recursive(SharedObject& object,
                                         const progeny::detail::Deadline& deadline);

/// Throws OwnerDied, with the words for `what` ("the lock").
[[noreturn]] void throw_owner_died(std::string_view what);

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
