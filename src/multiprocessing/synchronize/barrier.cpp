#include <progeny/multiprocessing/synchronize/barrier.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/synchronize/parties.hpp"
#include "multiprocessing/synchronize/lock_state.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <ostream>

namespace progeny::multiprocessing {

namespace {

using detail::Parties;
using detail::RobustGuard;
using detail::SharedObject;
using progeny::detail::Deadline;

[[noreturn]] void throw_broken() {
  throw BrokenBarrierError("the barrier is broken");
}

struct Arrival {
  std::size_t slot = Parties::no_slot;
  std::uint32_t index = 0;
  std::uint32_t round = 0;  // To sleep on.
  bool is_last = false;
};

Arrival try_come(SharedObject& object) {
  auto& parties = object.as<Parties>();
  const RobustGuard guard(parties.guard, object.roster());
  parties.mend(object.roster());
  if (parties.is_broken.load(std::memory_order_relaxed) != 0) {
    throw_broken();
  }
  Arrival arrival{.index = parties.count(), .round = parties.rounds.load()};
  arrival.slot = parties.come(object.roster().me(), object.roster());
  arrival.is_last = arrival.index + 1 == parties.parties.load(std::memory_order_relaxed);
  if (arrival.is_last && arrival.slot != Parties::no_slot) {
    parties.is_acting.store(1, std::memory_order_relaxed);
  }
  return arrival;
}

// While the action of a full round runs, others wait for the next one, without limit, as in Python;
// but not for a dead one.
Arrival come(SharedObject& object) {
  auto& parties = object.as<Parties>();
  for (;;) {
    const Arrival arrival = try_come(object);
    if (arrival.slot != Parties::no_slot) {
      return arrival;
    }
    static_cast<void>(
        platform::wait_on(parties.rounds, arrival.round, Deadline(Timeout(detail::longest_sleep))));
  }
}

// After a sleep without an end of the round: a dead party, or no more time, breaks the barrier.
void look_after(SharedObject& object, std::size_t slot, bool is_late) {
  auto& parties = object.as<Parties>();
  const RobustGuard guard(parties.guard, object.roster());
  parties.mend(object.roster());
  if (is_late && parties.stage_of(slot) == Parties::waiting &&
      parties.is_acting.load(std::memory_order_relaxed) == 0) {
    parties.end(Parties::breach);
  }
}

// Until the round has ended. Returns whether it was by passing.
bool wait_in(SharedObject& object, const Arrival& arrival, const Deadline& deadline) {
  auto& parties = object.as<Parties>();
  while (parties.stage_of(arrival.slot) == Parties::waiting) {
    const bool was_late = deadline.expired();
    const Deadline until = was_late && parties.is_acting.load() != 0
                               ? Deadline(Timeout(detail::longest_sleep))
                               : deadline.capped(detail::longest_sleep);
    static_cast<void>(platform::wait_on(parties.rounds, arrival.round, until));
    if (parties.stage_of(arrival.slot) == Parties::waiting) {
      look_after(object, arrival.slot, deadline.expired());
    }
  }
  const bool has_passed = parties.stage_of(arrival.slot) == Parties::passed;
  parties.leave(arrival.slot);
  return has_passed;
}

}  // namespace

Barrier::Barrier(int parties, BarrierOptions options) : options_(std::move(options)) {
  if (parties < 1) {
    throw ValueError(fmt::format("a barrier has at least one party, not {}", parties));
  }
  object_ = SharedObject::make(Parties::size_for(static_cast<std::size_t>(parties)));
  object_->as<Parties>().parties = static_cast<std::uint32_t>(parties);
}

Barrier::Barrier(BarrierOptions options, std::shared_ptr<SharedObject> object)
    : options_(std::move(options)), object_(std::move(object)) {}

int Barrier::wait(const Timeout& timeout) {
  const Deadline deadline(timeout.limited() ? timeout : options_.timeout);
  const Arrival arrival = come(*object_);
  const int index = static_cast<int>(arrival.index);
  if (arrival.is_last) {
    return act_and_pass(arrival.slot, index);
  }
  if (!wait_in(*object_, arrival, deadline)) {
    throw_broken();
  }
  return index;
}

int Barrier::act_and_pass(std::size_t slot, int index) {
  auto& parties = object_->as<Parties>();
  const auto end = [&](Parties::Ending how) {
    const RobustGuard guard(parties.guard, object_->roster());
    const bool is_waiting = parties.stage_of(slot) == Parties::waiting;
    if (is_waiting) {
      parties.end(how);
    }
    parties.leave(slot);
    return is_waiting;
  };
  if (options_.action.call_) {
    try {
      options_.action.call_();
    } catch (...) {
      end(Parties::breach);
      throw;
    }
  }
  if (!end(Parties::pass)) {
    throw_broken();
  }
  return index;
}

void Barrier::reset() {
  auto& parties = object_->as<Parties>();
  const RobustGuard guard(parties.guard, object_->roster());
  parties.end(Parties::clearance);
}

void Barrier::abort() {
  auto& parties = object_->as<Parties>();
  const RobustGuard guard(parties.guard, object_->roster());
  parties.end(Parties::breach);
}

int Barrier::parties() const noexcept {
  return static_cast<int>(object_->as<Parties>().parties.load(std::memory_order_relaxed));
}

int Barrier::n_waiting() const noexcept {
  return static_cast<int>(object_->as<Parties>().count());
}

bool Barrier::broken() const noexcept {
  return object_->as<Parties>().is_broken.load(std::memory_order_acquire) != 0;
}

std::string to_string(const Barrier& barrier) {
  const void* const place = &barrier.object_->as<Parties>();
  return barrier.broken()
             ? fmt::format("<Barrier at {}: broken>", place)
             : fmt::format(
                   "<Barrier at {}: waiters={}/{}>", place, barrier.n_waiting(), barrier.parties());
}

std::ostream& operator<<(std::ostream& out, const Barrier& barrier) {
  return out << to_string(barrier);
}

}  // namespace progeny::multiprocessing

namespace progeny::serial {

using multiprocessing::Barrier;
using multiprocessing::BarrierAction;
using multiprocessing::BarrierOptions;
using multiprocessing::detail::Parties;
using multiprocessing::detail::SharedObject;

// Private to this file: an action does not travel alone.
template <>
struct Codec<BarrierAction> {
  static void save(Writer& writer, const BarrierAction& value) {
    if (value.call_ && value.function_.descriptor == nullptr) {
      throw RuntimeError(
          "the action of a barrier has captured something and cannot travel; it has to be a "
          "function or a captureless lambda, or the process to be started by fork");
    }
    writer.write(value.call_ ? to_bytes(token_of(value.function_)) : std::string());
  }
  static BarrierAction load(Reader& reader) {
    BarrierAction action;
    const auto token = reader.read<std::string>();
    if (!token.empty()) {
      const Function function = find(token_from_bytes(token), {.load_modules = true});
      auto* const entry = entry_of<multiprocessing::detail::ActionEntry>(*function.descriptor);
      action.function_ = function;
      action.call_ = [entry, function] { entry(function.callee); };
    }
    return action;
  }
};

void Codec<Barrier>::save(Writer& writer, const Barrier& value) {
  Codec<BarrierAction>::save(writer, value.options_.action);
  writer.write(value.options_.timeout.limited());
  writer.write(std::int64_t{value.options_.timeout.limit().count()});
  value.object_->save(writer);
}

Barrier Codec<Barrier>::load(Reader& reader) {
  BarrierOptions options{.action = Codec<BarrierAction>::load(reader)};
  const auto is_limited = reader.read<bool>();
  const std::chrono::nanoseconds limit(reader.read<std::int64_t>());
  if (is_limited) {
    options.timeout = limit;
  }
  auto object = SharedObject::load(reader, Parties::size_for(1));
  const std::size_t parties = object->as<Parties>().parties.load();
  if (parties == 0 || Parties::size_for(parties) > object->size()) {
    reader.fail(fmt::format("{} bytes are no barrier for {} parties", object->size(), parties));
  }
  return {std::move(options), std::move(object)};
}

}  // namespace progeny::serial
