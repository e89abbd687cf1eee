// Lock and RLock as Python has them. Their state and its protocol are in lock_state.hpp.

#include <progeny/multiprocessing/synchronize/lock.hpp>

#include "multiprocessing/memory/shared_object.hpp"
#include "multiprocessing/synchronize/lock_state.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/writer.hpp>

#include <fmt/core.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing {

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
    throw ValueError("lock released too many times: it is free");
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
    throw UsageError("attempt to release a recursive lock that this thread does not hold");
  }
  // Only the holder writes the depth, so it needs no atomic subtraction, which would take half as
  // long as the rest.
  auto& depth = object_->as<LockState>().depth;
  const std::uint32_t before = depth.load(std::memory_order_relaxed);
  if (before <= 1) {
    detail::release_lock(*object_);
  } else {
    depth.store(before - 1, std::memory_order_relaxed);
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
  // As in Python: only the holder knows the depth.
  return fmt::format("<RLock({}, {})>",
                     detail::name_of_owner(object),
                     free                      ? "0"
                     : detail::is_mine(object) ? std::to_string(depth)
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
