#include "multiprocessing/memory/robust_lock.hpp"

#include "platform/system/processor.hpp"

#include <array>

namespace progeny::multiprocessing::detail {

namespace {

// In pauses: about as long as a short critical section takes. A system call takes longer.
constexpr int longest_spin = 100;

}  // namespace

// The steps of a waiter: look, spin once, then look and sleep in turns. The clock is asked before
// the look, so that the last look comes after the deadline.
Acquired RobustLock::wait_for(Roster& roster, const progeny::detail::Deadline& deadline) {
  using Clock = progeny::detail::Deadline::Clock;
  // `waited_for` once this process has slept: it cannot know whether others still sleep, so it
  // takes the lock with the mark.
  std::uint32_t mark = 0;
  Clock::time_point begin;
  for (;;) {
    const std::uint32_t seen = word_.load(std::memory_order_relaxed);
    const bool is_last_look = deadline.expired();
    // A reserved lock is left to processes that have slept; on its last look any may have it.
    if ((seen & reserved) == 0 || mark != 0 || is_last_look) {
      if (const auto acquired = try_step(roster, seen, mark); acquired != Acquired::no) {
        return acquired;
      }
    }
    if (is_last_look) {
      if (mark != 0) {
        // `release` may have chosen this process as the one to wake: pass that on.
        platform::wake(word_, 1);
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

// Looks for a while whether the lock gets free. Gives up at once if others sleep already: then it
// is held for longer than the spin.
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

// Takes the lock from the value `seen`, if it is free or a dead member has it. Fails if the word
// has changed since: then the caller looks again.
Acquired RobustLock::try_step(Roster& roster, std::uint32_t seen, std::uint32_t mark) noexcept {
  const MemberId owner = seen & mask_of_owner;
  if (owner != 0 && !roster.is_dead(owner)) {
    return Acquired::no;
  }
  // A dead owner wakes no one: `waited_for` stays, so that the next release does. A reservation is
  // dropped; a sleeper that still lacks patience sets it again.
  const std::uint32_t kept = owner == 0 ? 0 : seen & waited_for;
  if (!word_.compare_exchange_strong(
          seen, roster.me() | kept | mark, std::memory_order_acquire, std::memory_order_relaxed)) {
    return Acquired::no;
  }
  if (owner == 0) {
    return Acquired::yes;
  }
  roster.spread_death(owner);  // The kernel wakes one process; that one wakes the others.
  return Acquired::from_dead_member;
}

// Sleeps until the word changes or its owner dies. Sets the marks first: they tell `release` what
// to do. If the word changes before the sleep, the kernel does not begin it.
void RobustLock::sleep(Roster& roster,
                       std::uint32_t marks,
                       const progeny::detail::Deadline& deadline) noexcept {
  std::uint32_t seen = word_.load(std::memory_order_relaxed);
  const MemberId owner = seen & mask_of_owner;
  if (owner == 0) {
    // Free. If it is reserved, a sleeper has been woken and takes it soon, and this process, which
    // has not slept yet, waits for that. If that sleeper was killed, the wait ends by `patience`,
    // and then this process has slept, too, and may take the lock.
    if ((seen & reserved) != 0) {
      static_cast<void>(platform::wait_on(word_, seen, deadline.capped(patience)));
    }
    return;
  }
  const std::uint32_t expected = seen | marks;
  // Relaxed: the marks carry no data, and the kernel compares the word again before the sleep.
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
