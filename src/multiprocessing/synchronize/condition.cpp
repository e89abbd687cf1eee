// A condition is a lock and the waiters in shared memory (waiters.hpp). One `wait` goes through
// five states, and each step is placed so that neither a notification nor a death is missed:
//
//   state       lock    entry      step to the next state, and why it comes here
//   called      mine    none       enter: before the lock is free, since a notifier needs the lock.
//                                  So every notification after the caller's test finds the entry.
//   entered     mine    waiting    release, at any depth
//   asleep      -       waiting    a notification, or the deadline, which vacates the entry
//   waking      -       notified   acquire, restore the depth
//   returning   mine    notified   leave: after the lock. If the process dies waiting for the
//                                  lock, its entry stays notified, and another waiter gets that.

#include <progeny/multiprocessing/synchronize/condition.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/shared_object.hpp"
#include "multiprocessing/synchronize/lock_state.hpp"
#include "multiprocessing/synchronize/waiters.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/writer.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <variant>

namespace progeny::multiprocessing {

namespace {

using detail::SharedObject;
using detail::SynchronizeAccess;
using detail::Waiters;
using progeny::detail::Deadline;

}  // namespace

Condition::Condition() : Condition(RLock()) {}

Condition::Condition(Lock lock)
    : Condition(AnyLock(std::move(lock)), SharedObject::make(sizeof(Waiters))) {}

Condition::Condition(RLock lock)
    : Condition(AnyLock(std::move(lock)), SharedObject::make(sizeof(Waiters))) {}

Condition::Condition(AnyLock lock, std::shared_ptr<SharedObject> object)
    : lock_(std::move(lock)), object_(std::move(object)) {}

SharedObject& Condition::locked() const {
  return std::visit(
      [](const auto& lock) -> SharedObject& { return *SynchronizeAccess::object(lock); }, lock_);
}

void Condition::check_is_mine(const char* call) const {
  if (!detail::is_mine(locked())) {
    throw UsageError(
        fmt::format("{} needs the condition's lock, which this thread does not hold", call));
  }
}

bool Condition::acquire(const AcquireOptions& options) {
  return std::visit([&](auto& lock) { return lock.acquire(options); }, lock_);
}

bool Condition::acquire(bool block, const Timeout& timeout) {
  return acquire({.block = block, .timeout = timeout});
}

void Condition::release() {
  std::visit([](auto& lock) { lock.release(); }, lock_);
}

bool Condition::wait(const Timeout& timeout, bool* owner_died) {
  check_is_mine("wait");
  auto& waiters = object_->as<Waiters>();
  // The depth of an RLock belongs to the holder, and the lock is released whatever it is.
  auto& depth = locked().as<detail::LockState>().depth;
  const std::uint32_t depth_before = depth.load(std::memory_order_relaxed);
  const Deadline deadline(timeout);
  if (owner_died != nullptr) {
    *owner_died = false;
  }
  auto stay = waiters.enter(object_->roster(), deadline);
  if (!stay) {
    return false;
  }
  detail::release_lock(locked());
  const bool is_notified = waiters.sleep(*stay, object_->roster(), deadline);
  const detail::Acquired acquired = detail::acquire_lock(locked());
  depth.store(depth_before, std::memory_order_relaxed);
  if (is_notified) {
    waiters.leave(*stay);
  }
  detail::report(acquired, owner_died, "the condition's lock");
  return is_notified;
}

// `wait_for` is a template in the header, where no clock is read: these two do it for `wait_for`.
Condition::Moment Condition::moment_of(const Timeout& timeout) noexcept {
  return Deadline(timeout).moment();
}

bool Condition::wait_before(Moment end) {
  if (end == Moment::max()) {
    wait();
    return true;
  }
  const auto now = Moment::clock::now();
  if (now >= end) {
    return false;
  }
  wait(end - now);
  return true;
}

void Condition::notify(std::int64_t n) {
  check_is_mine("notify");
  if (n > 0) {
    // More than there can be waiters, but small enough to add lost notifications to.
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    object_->as<Waiters>().notify(std::min(n, most), object_->roster());
  }
}

void Condition::notify_all() {
  notify(std::numeric_limits<std::int64_t>::max());
}

std::string to_string(const Condition& condition) {
  const auto& object = *condition.object_;
  return fmt::format("<Condition({}, {})>",
                     std::visit([](const auto& lock) { return to_string(lock); }, condition.lock_),
                     object.as<Waiters>().count(object.roster()));
}

std::ostream& operator<<(std::ostream& out, const Condition& condition) {
  return out << to_string(condition);
}

}  // namespace progeny::multiprocessing

namespace progeny::serial {

using multiprocessing::Condition;

void Codec<Condition>::save(Writer& writer, const Condition& value) {
  writer.write(static_cast<std::uint8_t>(value.lock_.index()));
  std::visit([&](const auto& lock) { writer.write(lock); }, value.lock_);
  value.object_->save(writer);
}

Condition Codec<Condition>::load(Reader& reader) {
  using multiprocessing::detail::SharedObject;
  using multiprocessing::detail::Waiters;
  const auto kind = reader.read<std::uint8_t>();
  if (kind > 1) {
    reader.fail(fmt::format("a condition's lock is of the unknown kind {}", kind));
  }
  Condition::AnyLock lock = kind == 0 ? Condition::AnyLock(reader.read<multiprocessing::Lock>())
                                      : Condition::AnyLock(reader.read<multiprocessing::RLock>());
  return {std::move(lock), SharedObject::load(reader, sizeof(Waiters))};
}

}  // namespace progeny::serial
