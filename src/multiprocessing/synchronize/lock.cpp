#include <progeny/multiprocessing/synchronize/lock.hpp>

#include "base/made_early.hpp"
#include "multiprocessing/synchronize/synchronize_access.hpp"
#include "platform/memory/life_mark.hpp"
#include "platform/process/fork.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <fmt/format.h>

#include <atomic>
#include <ostream>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing {

namespace detail {

namespace {

// 0 until the thread needs one.
thread_local std::uint32_t number_of_thread = 0;

// In a copy of the process the thread that made it is the one that the process begins with.
const progeny::detail::MadeEarly early([] {
  platform::on_fork({.before = []() noexcept {},
                     .after_in_parent = []() noexcept {},
                     .after_in_child = []() noexcept { number_of_thread = 0; }});
});

std::uint32_t new_thread_number() {
  static std::atomic<std::uint32_t> last{1};
  return platform::is_main_thread() ? 1 : last.fetch_add(1, std::memory_order_relaxed) + 1;
}

std::string name_of_thread() {
  const std::string process = current_process().name();
  const std::uint32_t number = thread_number();
  return number == 1 ? process : fmt::format("{}|Thread-{}", process, number - 1);
}

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
    object.as<LockState>().depth.fetch_add(1, std::memory_order_relaxed);
    return Acquired::yes;
  }
  return acquire_lock(object, timeout);
}

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
      fmt::format("the process that had {} has ended without releasing it: what it protects may be "
                  "half done",
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

}  // namespace detail

namespace {

using detail::LockState;
using detail::SharedObject;

constexpr std::string_view the_lock = "the lock";

}  // namespace

Lock::Lock() : object_(SharedObject::make(sizeof(LockState))) {}

Lock::Lock(std::shared_ptr<SharedObject> object) noexcept : object_(std::move(object)) {}

bool Lock::acquire(const AcquireOptions& options) {
  return detail::report(
      detail::acquire_lock(*object_, detail::timeout_of(options)), options.owner_died, the_lock);
}

bool Lock::acquire(bool block, const Timeout& timeout) {
  return acquire({.block = block, .timeout = timeout});
}

void Lock::release() {
  if (!detail::release_lock(*object_)) {
    throw ValueError("lock released too many times: nobody has it");
  }
}

bool Lock::locked() const noexcept {
  return object_->as<LockState>().lock.owner() != 0;
}

RLock::RLock() : object_(SharedObject::make(sizeof(LockState))) {}

RLock::RLock(std::shared_ptr<SharedObject> object) noexcept : object_(std::move(object)) {}

bool RLock::acquire(const AcquireOptions& options) {
  return detail::report(detail::acquire_recursive(*object_, detail::timeout_of(options)),
                        options.owner_died,
                        the_lock);
}

bool RLock::acquire(bool block, const Timeout& timeout) {
  return acquire({.block = block, .timeout = timeout});
}

void RLock::release() {
  if (!detail::is_mine(*object_)) {
    throw UsageError("attempt to release a recursive lock that this thread has not got");
  }
  if (object_->as<LockState>().depth.fetch_sub(1, std::memory_order_relaxed) == 1) {
    detail::release_lock(*object_);
  }
}

bool RLock::locked() const noexcept {
  return object_->as<LockState>().lock.owner() != 0;
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
