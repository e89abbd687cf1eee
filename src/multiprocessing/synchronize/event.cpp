// One futex word holds an event:
//
//   bit 0       the flag
//   bit 1       a process may sleep until the flag is set
//   bits 2-31   the number of times that the flag was set, modulo 2^30
//
//   call       flag, mark, count                     then
//   set()      0 m c  ->  1 0 c+1                    wakes all sleepers if m was 1
//   set()      1 m c  ->  1 m c                      (only orders memory)
//   clear()    f m c  ->  0 m c
//   wait()     0 m c  ->  0 1 c                      sleeps in wait_on(word, 0 1 c)
//
// A waiter returns true once the flag is set or the count differs from the one at its call. So a
// pulse, set() and clear() in a row, releases every waiter, although a slow one never sees the flag
// set. CPython's Event has no count, and such a waiter may return false. (To be missed, the count
// would have to wrap around during one sleep.)
//
// The kernel compares the word and goes to sleep in one step. If set() comes before, the word has
// changed and wait_on returns; if it comes after, set() sees the mark and wakes.
//
// What a killed process leaves: a mark without a sleeper costs one useless wake-up. A process
// killed between setting and waking leaves sleepers, who look again after `longest_sleep`.

#include <progeny/multiprocessing/synchronize/event.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/shared_object.hpp"
#include "multiprocessing/synchronize/lock_state.hpp"
#include "platform/memory/futex.hpp"

#include <progeny/base/timeout.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/writer.hpp>

#include <fmt/core.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

namespace progeny::multiprocessing {

namespace {

using detail::SharedObject;
using progeny::detail::Deadline;

constexpr std::uint32_t is_set_now = 1;
constexpr std::uint32_t waited_for = 2;
constexpr std::uint32_t one_time = 4;
constexpr std::uint32_t mask_of_times = ~(is_set_now | waited_for);

struct EventState {
  platform::FutexWord word;
};

}  // namespace

Event::Event() : object_(SharedObject::make(sizeof(EventState))) {}

Event::Event(std::shared_ptr<SharedObject> object) noexcept : object_(std::move(object)) {}

// This acquire, and those in `wait`, pair with the release in `set`: a process that sees the flag
// set also sees all that happened before set().
bool Event::is_set() const noexcept {
  return (object_->as<EventState>().word.load(std::memory_order_acquire) & is_set_now) != 0;
}

void Event::set() noexcept {
  auto& word = object_->as<EventState>().word;
  std::uint32_t seen = word.load(std::memory_order_relaxed);
  std::uint32_t next = 0;
  do {
    // The word is written even if the flag is set already: a reader of this store then sees what
    // happened before this set(), too, not only before the first one.
    next = (seen & is_set_now) != 0 ? seen : ((seen & mask_of_times) + one_time) | is_set_now;
  } while (!word.compare_exchange_weak(
      seen, next, std::memory_order_acq_rel, std::memory_order_relaxed));
  if ((seen & is_set_now) == 0 && (seen & waited_for) != 0) {
    platform::wake_all(word);
  }
}

// The acquire lets a process that clears the flag see what the setter did before; the release keeps
// its own earlier work before the clearing.
void Event::clear() noexcept {
  object_->as<EventState>().word.fetch_and(~is_set_now, std::memory_order_acq_rel);
}

bool Event::wait(const Timeout& timeout) const noexcept {
  auto& word = object_->as<EventState>().word;
  std::uint32_t seen = word.load(std::memory_order_acquire);
  if ((seen & is_set_now) != 0) {
    return true;
  }
  const std::uint32_t times = seen & mask_of_times;
  const Deadline deadline(timeout);
  while ((seen & is_set_now) == 0 && (seen & mask_of_times) == times) {
    if (deadline.expired()) {
      return false;
    }
    // Setting the mark publishes nothing, and as an atomic change it continues the release sequence
    // of set(). So it is relaxed.
    const std::uint32_t awaited = seen | waited_for;
    if (seen == awaited || word.compare_exchange_weak(seen, awaited, std::memory_order_relaxed)) {
      static_cast<void>(platform::wait_on(word, awaited, deadline.capped(detail::longest_sleep)));
    }
    seen = word.load(std::memory_order_acquire);
  }
  return true;
}

std::string to_string(const Event& event) {
  const auto& word = detail::SynchronizeAccess::object(event)->as<EventState>().word;
  return fmt::format(
      "<Event at {} {}>", static_cast<const void*>(&word), event.is_set() ? "set" : "unset");
}

std::ostream& operator<<(std::ostream& out, const Event& event) {
  return out << to_string(event);
}

}  // namespace progeny::multiprocessing

namespace progeny::serial {

void Codec<multiprocessing::Event>::save(Writer& writer, const multiprocessing::Event& value) {
  multiprocessing::detail::SynchronizeAccess::object(value)->save(writer);
}

multiprocessing::Event Codec<multiprocessing::Event>::load(Reader& reader) {
  using multiprocessing::detail::SharedObject;
  return multiprocessing::detail::SynchronizeAccess::make<multiprocessing::Event>(
      SharedObject::load(reader, sizeof(multiprocessing::EventState)));
}

}  // namespace progeny::serial
