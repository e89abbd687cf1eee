#include <progeny/multiprocessing/synchronize/semaphore.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/synchronize/lock_state.hpp"
#include "platform/memory/futex.hpp"
#include "platform/system/processor.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <atomic>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace progeny::multiprocessing {

namespace {

using detail::SharedObject;
using progeny::detail::Deadline;

// In the word of a semaphore beside its value: whether somebody may sleep until it is not 0.
constexpr std::uint32_t waited_for = std::uint32_t{1} << 31;

// As long as a short stretch between `acquire` and `release` takes.
constexpr int longest_spin = 100;

struct SemaphoreState {
  platform::FutexWord word;
  std::atomic<std::uint32_t> limit;    // Of the value.
  std::atomic<std::uint32_t> bounded;  // Whether the limit is the maker's and not the system's.
};

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
      return false;  // Others sleep already: it takes longer than that.
    }
    if (seen != 0 && try_take(state)) {
      return true;
    }
    platform::pause_processor();
  }
  return false;
}

// The mark stays when a sleeper goes, or is killed. The next release that finds nobody takes it
// away.
bool take(SemaphoreState& state, const Deadline& deadline) noexcept {
  if (spin(state)) {
    return true;
  }
  while (!try_take(state)) {
    if (deadline.expired()) {
      return false;
    }
    std::uint32_t seen = 0;
    if (state.word.compare_exchange_strong(seen, waited_for, std::memory_order_relaxed) ||
        seen == waited_for) {
      static_cast<void>(
          platform::wait_on(state.word, waited_for, deadline.capped(detail::longest_sleep)));
    }
  }
  return true;
}

// Who goes to sleep between the two looks for sleepers has been woken by the second one, and marks
// the word again.
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

}  // namespace

Semaphore::Semaphore(std::int64_t value) : Semaphore(value, max()) {
  object_->as<SemaphoreState>().bounded = 0;
}

Semaphore::Semaphore(std::int64_t value, std::int64_t limit) {
  if (value < 0) {
    throw ValueError(fmt::format("a semaphore cannot begin with {}, which is below 0", value));
  }
  if (value > max()) {
    throw std::overflow_error(
        fmt::format("a semaphore cannot begin with {}, which is above {}", value, max()));
  }
  object_ = SharedObject::make(sizeof(SemaphoreState));
  auto& state = object_->as<SemaphoreState>();
  state.word = static_cast<std::uint32_t>(value);
  state.limit = static_cast<std::uint32_t>(limit);
  state.bounded = 1;
}

Semaphore::Semaphore(std::shared_ptr<SharedObject> object) noexcept : object_(std::move(object)) {}

bool Semaphore::acquire(bool block, const Timeout& timeout) {
  auto& state = object_->as<SemaphoreState>();
  return try_take(state) || (block && take(state, Deadline(timeout)));
}

void Semaphore::release(std::int64_t n) {
  auto& state = object_->as<SemaphoreState>();
  if (n < 1) {
    throw ValueError(fmt::format("a semaphore is released at least once, not {} times", n));
  }
  const std::int64_t limit = state.limit.load(std::memory_order_relaxed);
  if (n > limit) {
    throw_too_many(state);
  }
  const auto added = static_cast<std::uint32_t>(n);
  std::uint32_t seen = state.word.load(std::memory_order_relaxed);
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
