// The course of one `wait`. The state in shared memory and its repair are in parties.hpp.
//
//   try_come ----- broken ---------------------------------------------> BrokenBarrierError
//      |  ^------- full: sleep until the round has ended
//      |
//      +-- last to come --> act_and_pass: the action, then end(pass) ---> its index
//      |                       the action throws: end(breach) ----------> its exception
//      |                       reset or abort came meanwhile -----------> BrokenBarrierError
//      |
//      +-- else ----------> wait_in: sleep until the own slot changes
//                              passed ----------------------------------> its index
//                              turned away -----------------------------> BrokenBarrierError
//                              after each sleep: look_after, which ends
//                              the round if a party is dead or too late
//
// The action runs without the guard, since it may take any time, throw, or die with its process.
// While it runs, `is_acting` keeps the others from timing out, as in Python.

#include <progeny/multiprocessing/synchronize/barrier.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/shared_object.hpp"
#include "multiprocessing/synchronize/parties.hpp"
#include "platform/memory/futex.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/serial/codec.hpp>
#include <progeny/serial/function.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/writer.hpp>

#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <ostream>
#include <utility>

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
  std::size_t index = 0;    // The order of arrival, from 0.
  std::uint32_t round = 0;  // The value of `rounds` to expect while asleep.
  bool is_last = false;
};

// Throws if the guard cannot be had before the deadline: then the party is too late.
Arrival try_come(SharedObject& object, const Deadline& deadline) {
  const Parties parties(object);
  const RobustGuard guard(parties->guard, object.roster(), deadline);
  if (!guard.is_held()) {
    parties.want_breach(Parties::no_slot);
    throw_broken();
  }
  parties.mend(object.roster());
  if (parties->is_broken.load(std::memory_order_relaxed) != 0) {
    throw_broken();
  }
  Arrival arrival{.index = parties.count(), .round = parties->rounds.load()};
  arrival.slot = parties.come(object.roster().me(), object.roster());
  arrival.is_last = arrival.index + 1 == parties.number();
  if (arrival.is_last && arrival.slot != Parties::no_slot) {
    parties->is_acting.store(1, std::memory_order_relaxed);
  }
  return arrival;
}

// A full round whose action runs takes nobody in. An arrival waits for its end without limit, as in
// Python. It looks after each `longest_sleep`, since the party that acts may have died.
Arrival come(SharedObject& object, const Deadline& deadline) {
  const Parties parties(object);
  for (;;) {
    const Arrival arrival = try_come(object, deadline);
    if (arrival.slot != Parties::no_slot) {
      return arrival;
    }
    static_cast<void>(platform::wait_on(
        parties->rounds, arrival.round, Deadline(Timeout(detail::longest_sleep))));
  }
}

// Called after a sleep in which the round did not end. A dead party or a passed deadline breaks the
// barrier. The own slot is looked at again because the round may have ended before the guard came.
void look_after(SharedObject& object, std::size_t slot, const Deadline& deadline) {
  const Parties parties(object);
  const bool is_late = deadline.expired();
  // During the action no deadline counts, so a look must not end with one.
  const bool is_acting = parties->is_acting.load(std::memory_order_relaxed) != 0;
  const RobustGuard guard(parties->guard,
                          object.roster(),
                          is_acting ? Deadline(Timeout(detail::longest_sleep)) : deadline);
  if (!guard.is_held()) {
    if (!is_acting) {
      parties.want_breach(slot);
    }
    return;
  }
  parties.mend(object.roster());
  if (is_late && parties.stage_of(slot) == Parties::waiting &&
      parties->is_acting.load(std::memory_order_relaxed) == 0) {
    parties.end(Parties::breach);
  }
}

// Sleeps until the round has ended. Returns whether the party passes.
bool wait_in(SharedObject& object, const Arrival& arrival, const Deadline& deadline) {
  const Parties parties(object);
  while (parties.stage_of(arrival.slot) == Parties::waiting) {
    // During the action an expired deadline does not count. Sleeping until it would return at once,
    // and the loop would spin.
    const bool was_late = deadline.expired();
    const Deadline until = was_late && parties->is_acting.load() != 0
                               ? Deadline(Timeout(detail::longest_sleep))
                               : deadline.capped(detail::longest_sleep);
    static_cast<void>(platform::wait_on(parties->rounds, arrival.round, until));
    if (parties.stage_of(arrival.slot) == Parties::waiting) {
      look_after(object, arrival.slot, deadline);
    }
  }
  const bool has_passed = parties.stage_of(arrival.slot) == Parties::passed;
  parties.leave(arrival.slot);
  return has_passed;
}

std::shared_ptr<SharedObject> new_parties(int parties) {
  if (parties < 1) {
    throw ValueError(fmt::format("a barrier has at least one party, not {}", parties));
  }
  return SharedObject::make(Parties::size_for(static_cast<std::size_t>(parties)));
}

}  // namespace

Barrier::Barrier(int parties, BarrierOptions options)
    : options_(std::move(options)), object_(new_parties(parties)) {}

Barrier::Barrier(BarrierOptions options, std::shared_ptr<SharedObject> object)
    : options_(std::move(options)), object_(std::move(object)) {}

int Barrier::wait(const Timeout& timeout) {
  const Timeout& limit = timeout.limited() ? timeout : options_.timeout;
  const Deadline deadline(limit);
  const Arrival arrival = come(*object_, deadline);
  const int index = static_cast<int>(arrival.index);
  if (arrival.is_last) {
    return act_and_pass(arrival.slot, index, limit);
  }
  if (!wait_in(*object_, arrival, deadline)) {
    throw_broken();
  }
  return index;
}

int Barrier::act_and_pass(std::size_t slot, int index, const Timeout& limit) {
  const Parties parties(*object_);
  // Returns false if reset or abort has ended the round while the action ran, or if another process
  // has stopped with the guard. The action took its time, so the limit begins anew.
  const auto end = [&](Parties::Ending how) {
    const RobustGuard guard(parties->guard, object_->roster(), Deadline(limit));
    if (!guard.is_held()) {
      parties.want_breach(slot);
      parties.leave(slot);
      return false;
    }
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

// `reset` and `abort` need no `mend`: an `end` that a dead process began is ended by theirs, and
// the parties that it left waiting are turned away, as a reset or an abort during that round would
// do.
void Barrier::reset() {
  const Parties parties(*object_);
  const RobustGuard guard(parties->guard, object_->roster());
  parties.end(Parties::clearance);
}

void Barrier::abort() {
  const Parties parties(*object_);
  const RobustGuard guard(parties->guard, object_->roster());
  parties.end(Parties::breach);
}

int Barrier::parties() const noexcept {
  return static_cast<int>(Parties(*object_).number());
}

int Barrier::n_waiting() const noexcept {
  return static_cast<int>(Parties(*object_).count());
}

bool Barrier::broken() const noexcept {
  return Parties(*object_).is_broken();
}

std::string to_string(const Barrier& barrier) {
  const void* const place = &barrier.object_->as<detail::BarrierState>();
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

// Only in this file, because an action travels only as a part of its barrier.
template <>
struct Codec<BarrierAction> {
  static void save(Writer& writer, const BarrierAction& value) {
    if (value.call_ && value.function_.descriptor == nullptr) {
      throw RuntimeError(
          "the action of a barrier is a closure and cannot travel: use a function, a captureless "
          "lambda, or a process started by fork");
    }
    writer.write(value.call_ ? to_bytes(token_of(value.function_)) : std::string());
  }
  static BarrierAction load(Reader& reader) {
    BarrierAction action;
    const auto token = reader.read<std::string>();
    if (!token.empty()) {
      const bool is_trusted = reader.origin() == Origin::parent;
      const Function function = find(token_from_bytes(token),
                                     {.load_modules = is_trusted, .only_registered = !is_trusted});
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
  if (Parties::parties_in(object->size()) > std::numeric_limits<int>::max()) {
    reader.fail(fmt::format("{} bytes of shared memory are no barrier", object->size()));
  }
  return {std::move(options), std::move(object)};
}

}  // namespace progeny::serial
