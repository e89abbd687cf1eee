#pragma once

// The parties that wait at a barrier, in shared memory.

#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/memory/shared_object.hpp"
#include "platform/memory/futex.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace progeny::multiprocessing::detail {

// Each party has a slot with a stage:
//
//              come               end(pass)                leave
//    vacant ----------> waiting -------------> passed ---------------> vacant
//                          |
//                          | end(breach), end(clearance)   leave
//                          +-----------------> turned_away ----------> vacant
//
// A round ends in one of three ways:
//
//   ending      called when                                     waiting becomes   is_broken
//   pass        the last party has come and its action is over  passed            unchanged
//   breach      abort, a time-out, a death, a failed action     turned_away       1
//   clearance   reset                                           turned_away       0
//
// All waiting parties sleep on `rounds` and expect the number that they saw when they came, in the
// same critical section that gave them the slot. `end` increments it and wakes all. Arrivals at a
// full round, whose action runs, sleep on it too, and come again when it changes.
//
// `end` has several steps, and a kill may stop it at any of them. So it works like a journal:
//
//   1  ending = how              from here the end can be finished by another process
//   2  is_broken, is_acting
//   3  each waiting slot         a slot that has changed is not waiting, so a second pass skips it
//   4  rounds + 1                a second increment is only a useless wake-up
//   5  ending = none
//   6  wake all
//
// `mend` runs `end` again if it finds an ending. `come` and each look after a sleep call it first.
//
// A party whose time is up needs the guard to break the barrier. If another process has stopped
// with the guard, the party leaves its slot and sets `breach_wanted`: `mend` breaks the barrier
// then, and until then it counts as broken. `end` clears it before its last step.
//
// What a killed process leaves:
//   a waiting party        a waiting slot of a dead member: `mend` breaks the barrier
//   the party that acts    the same, since its slot waits until the action has ended
//   between 1 and 5        an ending: `mend` finishes it
//   between 5 and 6        sleepers, who look after `longest_sleep`
//   a party that passed    a slot of a dead member that does not wait: `come` reuses it
//   or was turned away
//
// A round's parties may still have to leave when the next round comes, so there are twice as many
// slots as parties. If even more threads use the barrier and no slot is vacant, an arrival waits
// as at a full round.

/// The state of a barrier in shared memory, all zeros at first. Its slots follow.
struct BarrierState {
  RobustLock guard;                   ///< Orders the relaxed accesses to the fields below.
  platform::FutexWord rounds;         ///< The number of ended rounds. Waiting parties sleep on it.
  std::atomic<std::uint32_t> ending;  ///< The `Ending` that `end` is at work on, or `none`.
  std::atomic<std::uint32_t> is_broken;      ///< 1 while the barrier is broken.
  std::atomic<std::uint32_t> is_acting;      ///< 1 once all have come, while the action runs.
  std::atomic<std::uint32_t> breach_wanted;  ///< 1 if a party could not break the barrier itself.
};

/// The parties of a barrier. The object's size tells their number: a number in shared memory could
/// be damaged, and lead beyond the object.
class Parties {
 public:
  /// The stage of a slot.
  enum Stage : std::uint8_t { vacant, waiting, passed, turned_away };
  /// The way in which a round ends.
  enum Ending : std::uint8_t { none, pass, breach, clearance };

  /// The place of one party. `come` writes `member` before it stores `waiting` (release). Readers
  /// load `stage` first (acquire), so they see the member that belongs to the stage.
  struct Slot {
    std::atomic<std::uint32_t> stage;
    std::atomic<MemberId> member;
  };

  static constexpr std::size_t no_slot = ~std::size_t{0};

  /// The bytes of a barrier for so many parties.
  [[nodiscard]] static std::size_t size_for(std::size_t parties) noexcept {
    return sizeof(BarrierState) + 2 * parties * sizeof(Slot);
  }
  /// How many parties a barrier of so many bytes has.
  [[nodiscard]] static std::size_t parties_in(std::size_t size) noexcept {
    return (size - sizeof(BarrierState)) / (2 * sizeof(Slot));
  }

  /// Borrows the object, of at least `size_for(1)` bytes.
  explicit Parties(const SharedObject& object) noexcept
      : state_(object.as<BarrierState>()), number_(parties_in(object.size())) {}

  [[nodiscard]] BarrierState* operator->() const noexcept { return &state_; }

  /// The parties of a round.
  [[nodiscard]] std::size_t number() const noexcept { return number_; }

  /// Repairs what a dead process left: finishes a half done `end`, and breaks the barrier if a
  /// waiting party has died, or one could not break it. With the guard, before anything else.
  void mend(const Roster& roster) const noexcept;

  /// Registers an arrival. Returns its slot, or `no_slot` if the round is full and its action runs,
  /// or if no slot is vacant. With the guard.
  [[nodiscard]] std::size_t come(MemberId me, const Roster& roster) const noexcept;
  /// The number of waiting parties.
  [[nodiscard]] std::size_t count() const noexcept;
  /// Ends the round. With the guard.
  void end(Ending how) const noexcept;

  /// Without the guard: turns away the party in the slot, if it still waits, and has the next owner
  /// of the guard break the barrier. `no_slot` is a party that has not come yet.
  void want_breach(std::size_t slot) const noexcept;
  [[nodiscard]] bool is_broken() const noexcept {
    return state_.is_broken.load(std::memory_order_acquire) != 0 ||
           state_.breach_wanted.load(std::memory_order_acquire) != 0;
  }

  /// The stage of a slot. The acquire pairs with the release in `end`: a party that passes sees all
  /// that the others did before they came, because each came with the guard.
  [[nodiscard]] std::uint32_t stage_of(std::size_t slot) const noexcept {
    return slots()[slot].stage.load(std::memory_order_acquire);
  }
  /// Gives the slot back. The release pairs with the acquire in `come`: the slot's next party comes
  /// after this one.
  void leave(std::size_t slot) const noexcept {
    slots()[slot].stage.store(vacant, std::memory_order_release);
  }

 private:
  [[nodiscard]] std::span<Slot> slots() const noexcept {
    return {reinterpret_cast<Slot*>(&state_ + 1), 2 * number_};
  }

  BarrierState& state_;
  std::size_t number_;
};

}  // namespace progeny::multiprocessing::detail
