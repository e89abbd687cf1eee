#include "multiprocessing/synchronize/parties.hpp"

namespace progeny::multiprocessing::detail {

void Parties::mend(const Roster& roster) noexcept {
  if (const std::uint32_t begun = ending.load(std::memory_order_relaxed); begun != none) {
    end(static_cast<Ending>(begun));
  }
  for (const Slot& slot : slots()) {
    if (slot.stage.load(std::memory_order_acquire) == waiting &&
        roster.is_dead(slot.member.load(std::memory_order_relaxed))) {
      end(breach);
      return;
    }
  }
}

std::size_t Parties::come(MemberId me, const Roster& roster) noexcept {
  if (count() >= parties.load(std::memory_order_relaxed)) {
    return no_slot;
  }
  const auto all = slots();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint32_t stage = all[i].stage.load(std::memory_order_acquire);
    if (stage == vacant ||
        (stage != waiting && roster.is_dead(all[i].member.load(std::memory_order_relaxed)))) {
      all[i].stage.store(vacant, std::memory_order_relaxed);
      all[i].member.store(me, std::memory_order_relaxed);
      all[i].stage.store(waiting, std::memory_order_release);
      return i;
    }
  }
  return no_slot;
}

std::uint32_t Parties::count() const noexcept {
  std::uint32_t number = 0;
  for (const Slot& slot : slots()) {
    number += slot.stage.load(std::memory_order_acquire) == waiting ? 1 : 0;
  }
  return number;
}

void Parties::end(Ending how) noexcept {
  ending.store(how, std::memory_order_release);
  if (how != pass) {
    is_broken.store(how == breach ? 1 : 0, std::memory_order_relaxed);
  }
  is_acting.store(0, std::memory_order_relaxed);
  for (Slot& slot : slots()) {
    if (slot.stage.load(std::memory_order_acquire) == waiting) {
      slot.stage.store(how == pass ? passed : turned_away, std::memory_order_release);
    }
  }
  rounds.fetch_add(1, std::memory_order_release);
  ending.store(none, std::memory_order_release);
  platform::wake_all(rounds);
}

}  // namespace progeny::multiprocessing::detail
