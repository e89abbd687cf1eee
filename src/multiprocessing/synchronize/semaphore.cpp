// One futex word holds a semaphore: its value in bits 0 to 30, and in bit 31 whether a process may
// sleep on it. Value and mark change together, so no step can see one without the other.
//
//   word       meaning                               acquire               release of n
//   v > 0      v units, no sleepers                  v - 1                 v + n
//   0          no units, no sleepers                 set the mark, sleep   n
//   mark       no units, perhaps sleepers            sleep                 mark + n, wake n
//   mark + v   released: the sleepers are waking up  mark + v - 1          mark + v + n, wake n
//
// Sleepers sleep in wait_on(word, mark). The kernel compares the word and goes to sleep in one
// step, so a release before that makes wait_on return at once, and a release after it finds the
// mark and wakes.
//
// The mark outlives its sleepers, since no sleeper knows whether it is the last. A release that
// wakes fewer than it could removes the mark.
//
// What a killed process leaves:
//   a sleeper             the mark: one useless wake-up
//   between add and wake  sleepers without a wake-up: they look again after `longest_sleep`
//   woken, not yet taken  a wake-up without effect: the other sleepers look after `longest_sleep`
//   after taking          the unit is lost, as the header says

#include <progeny/multiprocessing/synchronize/semaphore.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/shared_object.hpp"
#include "multiprocessing/synchronize/lock_state.hpp"
#include "platform/memory/futex.hpp"
#include "platform/system/processor.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/writer.hpp>

#include <fmt/core.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>

namespace progeny::multiprocessing {

namespace {

using detail::SharedObject;
using progeny::detail::Deadline;

// The mark in the word.
constexpr std::uint32_t waited_for = std::uint32_t{1} << 31;

// Looks before sleeping: about as long as a short section between `acquire` and `release`. Going to
// sleep and waking up takes longer.
constexpr int longest_spin = 100;

struct SemaphoreState {
  platform::FutexWord word;
  // The constructor writes the fields below; they never change. They are atomic because processes
  // share them, and relaxed because whatever hands over the semaphore orders them.
  std::atomic<std::uint32_t> limit;    // The largest allowed value.
  std::atomic<std::uint32_t> bounded;  // 1 for a BoundedSemaphore.
};

// The acquire here pairs with the release in `Semaphore::release`: the taker sees all that the
// releasing process did before. All other changes of the word are atomic too, so they continue the
// release sequence and may be relaxed.
bool try_take(SemaphoreState& state) noexcept {
  std::uint32_t seen = state.word.load(std::memory_order_relaxed);
  while ((seen & ~waited_for) != 0) {
    if (state.word.compare_exchange_weak(
            seen, seen - 1, std::memory_order_acquire, std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

bool spin(SemaphoreState& state) noexcept {
  const int spins = platform::has_several_processors() ? longest_spin : 0;
  for (int i = 0; i < spins; ++i) {
    const std::uint32_t seen = state.word.load(std::memory_order_relaxed);
    if (seen == waited_for) {
      return false;  // Others sleep already, so the wait is a long one.
    }
    if (seen != 0 && try_take(state)) {
      return true;
    }
    platform::pause_processor();
  }
  return false;
}

// Takes a unit, asleep in between, or returns false at the deadline.
bool take(SemaphoreState& state, const Deadline& deadline) noexcept {
  if (spin(state)) {
    return true;
  }
  while (!try_take(state)) {
    if (deadline.expired()) {
      return false;
    }
    // Sleeps only if the word is exactly the mark: with a value in it there is something to take.
    std::uint32_t seen = 0;
    if (state.word.compare_exchange_strong(seen, waited_for, std::memory_order_relaxed) ||
        seen == waited_for) {
      static_cast<void>(
          platform::wait_on(state.word, waited_for, deadline.capped(detail::longest_sleep)));
    }
  }
  return true;
}

// Wakes up to `n` sleepers, and removes the mark if fewer slept. A process may fall asleep between
// the first wake and the removal, relying on the mark. The second wake reaches it, and it sets the
// mark again. One that comes after the removal finds no mark and cannot fall asleep without it.
void wake_sleepers(SemaphoreState& state, std::uint32_t n) noexcept {
  const int count = static_cast<int>(n);
  if (platform::wake(state.word, count) < count) {
    state.word.fetch_and(~waited_for, std::memory_order_relaxed);
    platform::wake_all(state.word);
  }
}

[[noreturn]] void throw_too_many(const SemaphoreState& state) {
  throw ValueError(fmt::format("semaphore released too many times: its value would be above {}",
                               state.limit.load(std::memory_order_relaxed)));
}

std::shared_ptr<SharedObject> new_state(std::int64_t value, std::int64_t limit) {
  if (value < 0) {
    throw ValueError(
        fmt::format("the first value of a semaphore must not be below 0, but is {}", value));
  }
  if (value > Semaphore::max()) {
    throw std::overflow_error(fmt::format(
        "the first value of a semaphore must not be above {}, but is {}", Semaphore::max(), value));
  }
  auto object = SharedObject::make(sizeof(SemaphoreState));
  auto& state = object->as<SemaphoreState>();
  state.word = static_cast<std::uint32_t>(value);
  state.limit = static_cast<std::uint32_t>(limit);
  state.bounded = 1;
  return object;
}

}  // namespace

Semaphore::Semaphore(std::int64_t value) : Semaphore(value, max()) {
  object_->as<SemaphoreState>().bounded = 0;
}

Semaphore::Semaphore(std::int64_t value, std::int64_t limit) : object_(new_state(value, limit)) {}

Semaphore::Semaphore(std::shared_ptr<SharedObject> object) noexcept : object_(std::move(object)) {}

bool Semaphore::acquire(bool block, const Timeout& timeout) {
  auto& state = object_->as<SemaphoreState>();
  return try_take(state) || (block && take(state, Deadline(timeout)));
}

void Semaphore::release(std::int64_t n) {
  auto& state = object_->as<SemaphoreState>();
  if (n < 1) {
    throw ValueError(fmt::format("a semaphore must be released at least once, not {} times", n));
  }
  const std::int64_t limit = state.limit.load(std::memory_order_relaxed);
  if (n > limit) {
    throw_too_many(state);
  }
  const auto added = static_cast<std::uint32_t>(n);
  std::uint32_t seen = state.word.load(std::memory_order_relaxed);
  // Check and addition are one step, so that two releases cannot pass the limit together.
  do {
    if ((seen & ~waited_for) > limit - n) {
      throw_too_many(state);
    }
  } while (!state.word.compare_exchange_weak(
      seen, seen + added, std::memory_order_release, std::memory_order_relaxed));
  if ((seen & waited_for) != 0) {
    wake_sleepers(state, added);
  }
}

std::int64_t Semaphore::get_value() const noexcept {
  return object_->as<SemaphoreState>().word.load(std::memory_order_relaxed) & ~waited_for;
}

std::string to_string(const Semaphore& semaphore) {
  const auto& state = detail::SynchronizeAccess::object(semaphore)->as<SemaphoreState>();
  return state.bounded == 0 ? fmt::format("<Semaphore(value={})>", semaphore.get_value())
                            : fmt::format("<BoundedSemaphore(value={}, maxvalue={})>",
                                          semaphore.get_value(),
                                          state.limit.load(std::memory_order_relaxed));
}

std::ostream& operator<<(std::ostream& out, const Semaphore& semaphore) {
  return out << to_string(semaphore);
}

}  // namespace progeny::multiprocessing

namespace progeny::serial {

using multiprocessing::SemaphoreState;
using multiprocessing::detail::SharedObject;
using multiprocessing::detail::SynchronizeAccess;

void Codec<multiprocessing::Semaphore>::save(Writer& writer,
                                             const multiprocessing::Semaphore& value) {
  SynchronizeAccess::object(value)->save(writer);
}

multiprocessing::Semaphore Codec<multiprocessing::Semaphore>::load(Reader& reader) {
  return SynchronizeAccess::make<multiprocessing::Semaphore>(
      SharedObject::load(reader, sizeof(SemaphoreState)));
}

void Codec<multiprocessing::BoundedSemaphore>::save(
    Writer& writer, const multiprocessing::BoundedSemaphore& value) {
  SynchronizeAccess::object<multiprocessing::Semaphore>(value)->save(writer);
}

multiprocessing::BoundedSemaphore Codec<multiprocessing::BoundedSemaphore>::load(Reader& reader) {
  return SynchronizeAccess::make<multiprocessing::BoundedSemaphore>(
      SharedObject::load(reader, sizeof(SemaphoreState)));
}

}  // namespace progeny::serial
