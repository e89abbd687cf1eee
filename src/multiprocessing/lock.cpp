#include <progeny/multiprocessing/lock.hpp>

#include "multiprocessing/synchronize_access.hpp"
#include "platform/life_mark.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <fmt/format.h>

#include <atomic>
#include <ostream>
#include <utility>

namespace progeny::multiprocessing {

namespace detail {

namespace {

Acquired acquire_as(SharedObject& object,
                    std::uint32_t thread,
                    const progeny::detail::Deadline& d) {
  auto& state = object.as<LockState>();
  const Acquired acquired = state.lock.acquire(object.roster(), d);
  if (acquired != Acquired::no) {
    state.thread.store(thread, std::memory_order_relaxed);
    state.depth.store(1, std::memory_order_relaxed);
  }
  return acquired;
}

// Who has it, as Python says it.
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

}  // namespace

std::uint32_t thread_number() noexcept {
  static std::atomic<std::uint32_t> last{1};
  thread_local const std::uint32_t number =
      platform::is_main_thread() ? 1 : last.fetch_add(1, std::memory_order_relaxed) + 1;
  return number;
}

std::string name_of_thread() {
  const std::string process = current_process().name();
  const std::uint32_t number = thread_number();
  return number == 1 ? process : fmt::format("{}|Thread-{}", process, number - 1);
}

bool is_mine(const SharedObject& object) noexcept {
  const auto& state = object.as<LockState>();
  return state.thread.load(std::memory_order_relaxed) == thread_number() &&
         state.lock.owner() == object.roster().me();
}

Acquired acquire_lock(SharedObject& object, const progeny::detail::Deadline& deadline) {
  return acquire_as(object, thread_number(), deadline);
}

Acquired acquire_recursive(SharedObject& object, const progeny::detail::Deadline& deadline) {
  if (is_mine(object)) {
    object.as<LockState>().depth.fetch_add(1, std::memory_order_relaxed);
    return Acquired::yes;
  }
  return acquire_lock(object, deadline);
}

void throw_owner_died(std::string_view what) {
  throw OwnerDied(
      fmt::format("the process that had {} has ended without releasing it: what it protects may "
                  "be half done",
                  what));
}

}  // namespace detail

namespace {

using detail::Acquired;
using detail::LockState;
using detail::SharedObject;
using progeny::detail::Deadline;

// What `acquire` makes of the end of a wait.
bool report(Acquired acquired, const AcquireOptions& options) {
  if (options.owner_died != nullptr) {
    *options.owner_died = acquired == Acquired::from_dead_member;
  } else if (acquired == Acquired::from_dead_member) {
    detail::throw_owner_died("the lock");
  }
  return acquired != Acquired::no;
}

Deadline deadline_of(const AcquireOptions& options) {
  return Deadline(options.block ? options.timeout : Timeout(std::chrono::nanoseconds::zero()));
}

// As guards of the standard library need it, which do not release what they did not get.
template <class AnyLock>
bool acquire_for_guard(AnyLock& lock, const Timeout& timeout) {
  bool owner_died = false;
  const bool acquired = lock.acquire({.timeout = timeout, .owner_died = &owner_died});
  if (owner_died) {
    lock.release();
    detail::throw_owner_died("the lock");
  }
  return acquired;
}

}  // namespace

Lock::Lock() : object_(SharedObject::make(sizeof(LockState))) {}

Lock::Lock(std::shared_ptr<SharedObject> object) noexcept : object_(std::move(object)) {}

bool Lock::acquire(const AcquireOptions& options) {
  return report(detail::acquire_lock(*object_, deadline_of(options)), options);
}

bool Lock::acquire(bool block, const Timeout& timeout) {
  return acquire({.block = block, .timeout = timeout});
}

void Lock::release() {
  auto& state = object_->as<LockState>();
  state.thread.store(0, std::memory_order_relaxed);
  if (!state.lock.release()) {
    throw ValueError("lock released too many times: nobody has it");
  }
}

bool Lock::locked() const noexcept {
  return object_->as<LockState>().lock.owner() != 0;
}

void Lock::lock() {
  static_cast<void>(lock_within({}));
}

bool Lock::try_lock() {
  return lock_within(std::chrono::nanoseconds::zero());
}

bool Lock::lock_within(const Timeout& timeout) {
  return acquire_for_guard(*this, timeout);
}

RLock::RLock() : object_(SharedObject::make(sizeof(LockState))) {}

RLock::RLock(std::shared_ptr<SharedObject> object) noexcept : object_(std::move(object)) {}

bool RLock::acquire(const AcquireOptions& options) {
  return report(detail::acquire_recursive(*object_, deadline_of(options)), options);
}

bool RLock::acquire(bool block, const Timeout& timeout) {
  return acquire({.block = block, .timeout = timeout});
}

void RLock::release() {
  if (!detail::is_mine(*object_)) {
    throw UsageError("attempt to release a recursive lock that this thread has not got");
  }
  auto& state = object_->as<LockState>();
  if (state.depth.fetch_sub(1, std::memory_order_relaxed) == 1) {
    state.thread.store(0, std::memory_order_relaxed);
    state.lock.release();
  }
}

bool RLock::locked() const noexcept {
  return object_->as<LockState>().lock.owner() != 0;
}

void RLock::lock() {
  static_cast<void>(lock_within({}));
}

bool RLock::try_lock() {
  return lock_within(std::chrono::nanoseconds::zero());
}

bool RLock::lock_within(const Timeout& timeout) {
  return acquire_for_guard(*this, timeout);
}

std::string to_string(const Lock& lock) {
  return fmt::format("<Lock(owner={})>",
                     detail::name_of_owner(*detail::SynchronizeAccess::object(lock)));
}

std::string to_string(const RLock& lock) {
  const auto& object = *detail::SynchronizeAccess::object(lock);
  const std::uint32_t depth = object.as<LockState>().depth.load(std::memory_order_relaxed);
  const bool free = !lock.locked();
  return fmt::format("<RLock({}, {})>",
                     detail::name_of_owner(object),
                     free                      ? "0"
                     : detail::is_mine(object) ? fmt::to_string(depth)
                                               : "nonzero");
}

std::ostream& operator<<(std::ostream& out, const Lock& lock) {
  return out << to_string(lock);
}

std::ostream& operator<<(std::ostream& out, const RLock& lock) {
  return out << to_string(lock);
}

}  // namespace progeny::multiprocessing

namespace progeny::serial {

using multiprocessing::detail::LockState;
using multiprocessing::detail::SharedObject;
using multiprocessing::detail::SynchronizeAccess;

void Codec<multiprocessing::Lock>::save(Writer& writer, const multiprocessing::Lock& value) {
  SynchronizeAccess::object(value)->save(writer);
}

multiprocessing::Lock Codec<multiprocessing::Lock>::load(Reader& reader) {
  return SynchronizeAccess::make<multiprocessing::Lock>(
      SharedObject::load(reader, sizeof(LockState)));
}

void Codec<multiprocessing::RLock>::save(Writer& writer, const multiprocessing::RLock& value) {
  SynchronizeAccess::object(value)->save(writer);
}

multiprocessing::RLock Codec<multiprocessing::RLock>::load(Reader& reader) {
  return SynchronizeAccess::make<multiprocessing::RLock>(
      SharedObject::load(reader, sizeof(LockState)));
}

}  // namespace progeny::serial
