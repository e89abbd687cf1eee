#include "multiprocessing/synchronize/parties.hpp"

#include "multiprocessing/memory/roster.hpp"
#include "platform/memory/futex.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace progeny::multiprocessing::detail {

void Parties::mend(const Roster& roster) const noexcept {
  if (const std::uint32_t begun = state_.ending.load(std::memory_order_relaxed); begun != none) {
    end(static_cast<Ending>(begun));
  }
  if (state_.breach_wanted.load(std::memory_order_acquire) != 0) {
    end(breach);
    return;
  }
  // The party that runs the action waits too, so its death is found here as well.
  for (const Slot& slot : slots()) {
    if (slot.stage.load(std::memory_order_acquire) == waiting &&
        roster.is_dead(slot.member.load(std::memory_order_relaxed))) {
      end(breach);
      return;
    }
  }
}

std::size_t Parties::come(MemberId me, const Roster& roster) const noexcept {
  if (count() >= number_) {
    return no_slot;
  }
  const auto all = slots();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint32_t stage = all[i].stage.load(std::memory_order_acquire);
    if (stage == vacant ||
        (stage != waiting && roster.is_dead(all[i].member.load(std::memory_order_relaxed)))) {
      // Vacant first, so that the caller's slot never shows the outcome of its previous party.
      all[i].stage.store(vacant, std::memory_order_relaxed);
      all[i].member.store(me, std::memory_order_relaxed);
      all[i].stage.store(waiting, std::memory_order_release);
      return i;
    }
  }
  return no_slot;
}

std::size_t Parties::count() const noexcept {
  std::size_t number = 0;
  for (const Slot& slot : slots()) {
    number += slot.stage.load(std::memory_order_acquire) == waiting ? 1 : 0;
  }
  return number;
}

// The wish comes first: a slot that is not waiting any more is then explained by it.
void Parties::want_breach(std::size_t slot) const noexcept {
  state_.breach_wanted.store(1, std::memory_order_release);
  if (slot != no_slot) {
    std::uint32_t stage = waiting;
    slots()[slot].stage.compare_exchange_strong(stage, turned_away, std::memory_order_acq_rel);
  }
}

// The numbers are those of the journal in the header. Each store is a release, so it follows the
// one before it, and a kill leaves the first steps of the journal without a gap. A dead owner does
// not release the guard; the next owner sees its stores because it has first seen its death, in a
// life mark that the kernel changes after the process's last store (memory/roster.hpp).
void Parties::end(Ending how) const noexcept {
  state_.ending.store(how, std::memory_order_release);  // 1
  if (how != pass) {
    state_.is_broken.store(how == breach ? 1 : 0, std::memory_order_release);  // 2
  }
  state_.is_acting.store(0, std::memory_order_release);
  for (Slot& slot : slots()) {  // 3
    // By an exchange: `want_breach` may turn the party away at the same time.
    std::uint32_t stage = waiting;
    slot.stage.compare_exchange_strong(
        stage, how == pass ? passed : turned_away, std::memory_order_acq_rel);
  }
  state_.rounds.fetch_add(1, std::memory_order_release);  // 4
  state_.breach_wanted.store(0, std::memory_order_release);
  state_.ending.store(none, std::memory_order_release);  // 5
  platform::wake_all(state_.rounds);                     // 6
}

}  // namespace progeny::multiprocessing::detail
