#include <progeny/multiprocessing/synchronize/event.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/synchronize/lock_state.hpp"
#include "platform/memory/futex.hpp"

#include <fmt/format.h>

#include <atomic>
#include <ostream>
#include <utility>

namespace progeny::multiprocessing {

namespace {

using detail::SharedObject;
using progeny::detail::Deadline;

// The word of an event: whether it is set, whether somebody may sleep until it is, and above them
// how often it has been set, by which sleepers know that it was though it is not any more.
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

bool Event::is_set() const noexcept {
  return (object_->as<EventState>().word.load(std::memory_order_acquire) & is_set_now) != 0;
}

void Event::set() noexcept {
  auto& word = object_->as<EventState>().word;
  std::uint32_t seen = word.load(std::memory_order_relaxed);
  std::uint32_t next = 0;
  do {
    // Also if it is set already: who sees it set sees what was done before each `set`.
    next = (seen & is_set_now) != 0 ? seen : ((seen & mask_of_times) + one_time) | is_set_now;
  } while (!word.compare_exchange_weak(
      seen, next, std::memory_order_acq_rel, std::memory_order_relaxed));
  if ((seen & is_set_now) == 0 && (seen & waited_for) != 0) {
    platform::wake_all(word);
  }
}

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
