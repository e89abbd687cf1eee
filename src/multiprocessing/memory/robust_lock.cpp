#include "multiprocessing/memory/robust_lock.hpp"

#include "platform/system/processor.hpp"

#include <array>

namespace progeny::multiprocessing::detail {

namespace {

// About as long as a short critical section takes; a switch to the kernel and back takes longer.
constexpr int longest_spin = 100;

}  // namespace

Acquired RobustLock::wait_for(Roster& roster, const progeny::detail::Deadline& deadline) {
  using Clock = progeny::detail::Deadline::Clock;
  // Whoever has slept cannot know whether he was the last, so he takes the lock with the mark.
  std::uint32_t mark = 0;
  Clock::time_point begin;
  for (;;) {
    const std::uint32_t seen = word_.load(std::memory_order_relaxed);
    const bool is_last_look = deadline.expired();
    if ((seen & reserved) == 0 || mark != 0 || is_last_look) {
      if (const auto acquired = try_step(roster, seen, mark); acquired != Acquired::no) {
        return acquired;
      }
    }
    if (is_last_look) {
      if (mark != 0) {
        platform::wake(word_, 1);  // In case that a wake-up came for this one, which goes.
      }
      return Acquired::no;
    }
    if (mark == 0) {
      if (spin(roster.me())) {
        return Acquired::yes;
      }
      begin = Clock::now();
    }
    mark = waited_for;
    const bool patient = Clock::now() - begin < patience;
    sleep(roster, patient ? waited_for : waited_for | reserved, deadline);
  }
}

// Looks for a while whether it gets free. If others sleep already, it takes longer than that.
bool RobustLock::spin(MemberId me) noexcept {
  const int spins = platform::has_several_processors() ? longest_spin : 0;
  for (int i = 0; i < spins; ++i) {
    const std::uint32_t seen = word_.load(std::memory_order_relaxed);
    if (seen == 0 && try_acquire(me)) {
      return true;
    }
    if ((seen & (waited_for | reserved)) != 0) {
      return false;
    }
    platform::pause_processor();
  }
  return false;
}

// Takes the lock as it was `seen`, if it is free or a dead member's.
Acquired RobustLock::try_step(Roster& roster, std::uint32_t seen, std::uint32_t mark) noexcept {
  const MemberId owner = seen & mask_of_owner;
  if (owner != 0 && !roster.is_dead(owner)) {
    return Acquired::no;
  }
  const std::uint32_t kept = owner == 0 ? 0 : seen & waited_for;
  if (!word_.compare_exchange_strong(
          seen, roster.me() | kept | mark, std::memory_order_acquire, std::memory_order_relaxed)) {
    return Acquired::no;
  }
  if (owner == 0) {
    return Acquired::yes;
  }
  roster.spread_death(owner);
  return Acquired::from_dead_member;
}

// Sleeps until something has changed. The marks say so to those who release it.
void RobustLock::sleep(Roster& roster,
                       std::uint32_t marks,
                       const progeny::detail::Deadline& deadline) noexcept {
  std::uint32_t seen = word_.load(std::memory_order_relaxed);
  const MemberId owner = seen & mask_of_owner;
  if (owner == 0) {
    // Free, but reserved: not for one who has just come. Unless the other was killed, it is soon
    // taken; and who has slept may take it.
    if ((seen & reserved) != 0) {
      static_cast<void>(platform::wait_on(word_, seen, deadline.capped(patience)));
    }
    return;
  }
  const std::uint32_t expected = seen | marks;
  if (seen != expected &&
      !word_.compare_exchange_strong(seen, expected, std::memory_order_relaxed)) {
    return;
  }
  const std::array<platform::FutexWait, 2> waits{
      {{.word = &word_, .expected = expected}, roster.watch(owner)}};
  static_cast<void>(platform::wait_on_any(waits, deadline.capped(longest_sleep)));
  if (roster.is_dead(owner)) {
    roster.spread_death(owner);
  }
}

}  // namespace progeny::multiprocessing::detail
