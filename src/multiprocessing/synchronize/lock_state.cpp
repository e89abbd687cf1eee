#include "multiprocessing/synchronize/lock_state.hpp"

#include "base/made_early.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/memory/shared_object.hpp"
#include "platform/memory/liveness_slot.hpp"
#include "platform/process/fork.hpp"

#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/timed_lockable.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>

#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace progeny::multiprocessing::detail {

namespace {

// 0 until the thread needs a number.
thread_local std::uint32_t number_of_thread = 0;

// fork copies the calling thread with its number, and makes it the child's main thread. So the
// child forgets the number and asks again.
const progeny::detail::MadeEarly early([] {
  platform::on_fork({.before = []() noexcept {},
                     .after_in_parent = []() noexcept {},
                     .after_in_child = []() noexcept { number_of_thread = 0; }});
});

// Counting is enough; the numbers order nothing, so they are relaxed.
std::uint32_t new_thread_number() {
  static std::atomic<std::uint32_t> last{1};
  return platform::is_main_thread() ? 1 : last.fetch_add(1, std::memory_order_relaxed) + 1;
}

std::string name_of_thread() {
  const std::string process = current_process().name();
  const std::uint32_t number = thread_number();
  return number == 1 ? process : fmt::format("{}|Thread-{}", process, number - 1);
}

// `depth` comes first, so that `is_mine` implies a valid depth even for a signal handler that
// interrupts this thread here.
Acquired keep_holder(SharedObject& object, Acquired acquired) {
  if (acquired != Acquired::no) {
    auto& state = object.as<LockState>();
    state.depth.store(1, std::memory_order_relaxed);
    state.holder.store(thread_id(object.roster().me()), std::memory_order_relaxed);
  }
  return acquired;
}

}  // namespace

std::uint32_t thread_number() noexcept {
  if (number_of_thread == 0) {
    number_of_thread = new_thread_number();
  }
  return number_of_thread;
}

bool is_mine(const SharedObject& object) {
  return object.as<LockState>().holder.load(std::memory_order_relaxed) ==
         thread_id(object.roster().me());
}

Acquired acquire_lock(SharedObject& object, const Timeout& timeout) {
  return keep_holder(object, object.as<LockState>().lock.acquire(object.roster(), timeout));
}

Acquired acquire_recursive(SharedObject& object, const Timeout& timeout) {
  if (is_mine(object)) {
    auto& depth = object.as<LockState>().depth;  // Only the holder writes it.
    depth.store(depth.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return Acquired::yes;
  }
  return acquire_lock(object, timeout);
}

// `holder` is cleared while the lock is still owned: after `release` the field belongs to the next
// owner, whose id this store would erase.
bool release_lock(SharedObject& object) noexcept {
  auto& state = object.as<LockState>();
  state.holder.store(0, std::memory_order_relaxed);
  return state.lock.release();
}

std::string name_of_owner(const SharedObject& object) {
  const MemberId owner = object.as<LockState>().lock.owner();
  if (owner == 0) {
    return "None";
  }
  if (is_mine(object)) {
    return name_of_thread();
  }
  return owner == object.roster().me() ? "SomeOtherThread" : "SomeOtherProcess";
}

Timeout timeout_of(const AcquireOptions& options) noexcept {
  return progeny::detail::timeout_if(options.block, options.timeout);
}

void throw_owner_died(std::string_view what) {
  throw OwnerDied(
      fmt::format("the process that held {} ended without releasing it: the data that it protects "
                  "may be half changed",
                  what));
}

bool report(Acquired acquired, bool* owner_died, std::string_view what) {
  if (owner_died != nullptr) {
    *owner_died = acquired == Acquired::from_dead_member;
  } else if (acquired == Acquired::from_dead_member) {
    throw_owner_died(what);
  }
  return acquired != Acquired::no;
}

}  // namespace progeny::multiprocessing::detail
