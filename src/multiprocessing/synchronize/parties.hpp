#pragma once

// Those who wait at a barrier, as they stand in shared memory.

#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/memory/futex.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace progeny::multiprocessing::detail {

/// The state of a barrier, in front of twice as many slots as it has parties: those of the last
/// round may not have left when the next one begins. Zeros, and then `parties`, are a new one.
///
/// All but `leave` and the questions is done with the guard. What ends a round is written down
/// before it is done, so that whoever finds the guard's owner dead can end it.
class Parties {
 public:
  /// Where a party stands.
  enum Stage : std::uint8_t { vacant, waiting, passed, turned_away };
  /// How a round ends.
  enum Ending : std::uint8_t { none, pass, breach, clearance };

  struct Slot {
    std::atomic<std::uint32_t> stage;
    std::atomic<MemberId> member;
  };

  static constexpr std::size_t no_slot = ~std::size_t{0};

  [[nodiscard]] static std::size_t size_for(std::size_t parties) noexcept {
    return sizeof(Parties) + 2 * parties * sizeof(Slot);
  }

  /// With the guard, before anything else: ends a round that somebody has died in ending, and
  /// breaks the barrier if one who waits has died.
  void mend(const Roster& roster) noexcept;

  /// Comes. Returns the slot, or `no_slot` if this round is full and its action runs.
  [[nodiscard]] std::size_t come(MemberId me, const Roster& roster) noexcept;
  /// How many wait.
  [[nodiscard]] std::uint32_t count() const noexcept;
  /// Ends the round.
  void end(Ending how) noexcept;

  [[nodiscard]] std::uint32_t stage_of(std::size_t slot) const noexcept {
    return slots()[slot].stage.load(std::memory_order_acquire);
  }
  void leave(std::size_t slot) noexcept {
    slots()[slot].stage.store(vacant, std::memory_order_release);
  }

  RobustLock guard;
  platform::FutexWord rounds;  ///< Counts them: what those sleep on who wait for the end of one.
  std::atomic<std::uint32_t> ending;     ///< What is being done.
  std::atomic<std::uint32_t> is_broken;  ///< Whether nobody can pass.
  std::atomic<std::uint32_t> is_acting;  ///< Whether all have come and the action runs.
  std::atomic<std::uint32_t> parties;

 private:
  [[nodiscard]] std::span<Slot> slots() noexcept {
    return {reinterpret_cast<Slot*>(this + 1), std::size_t{2} * parties.load()};
  }
  [[nodiscard]] std::span<const Slot> slots() const noexcept {
    return {reinterpret_cast<const Slot*>(this + 1), std::size_t{2} * parties.load()};
  }
};

}  // namespace progeny::multiprocessing::detail
