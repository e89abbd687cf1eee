#include "multiprocessing/synchronize/waiters.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/memory/futex.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace progeny::multiprocessing::detail {

using progeny::detail::Deadline;

std::optional<Waiters::Stay> Waiters::enter(Roster& roster, const Deadline& deadline) {
  const RobustGuard guard(guard_, roster, deadline);
  if (!guard.is_held()) {
    return std::nullopt;
  }
  Stay stay{.entry = take_entry(roster),
            .crowd_epoch = crowd_epoch_.load(std::memory_order_relaxed)};
  if (stay.entry == in_the_crowd) {
    crowd_.fetch_add(1, std::memory_order_relaxed);
  }
  return stay;
}

// With the guard. Returns the index of an entry that now waits for the caller, or `in_the_crowd`.
std::uint32_t Waiters::take_entry(Roster& roster) noexcept {
  const MemberId me = roster.me();
  const std::uint32_t used = used_.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < entries; ++i) {
    Entry& entry = entries_[i];
    const std::uint32_t stage = entry.stage.load(std::memory_order_acquire);
    // The notified entry of a dead member is left to `clear_dead`, which passes it on.
    const bool is_left = stage == waiting && roster.is_dead(entry.member.load());
    if (stage == vacant || is_left) {
      // Vacant until it is complete: `count` looks without the guard and would count the caller
      // before it has a ticket.
      entry.stage.store(vacant, std::memory_order_relaxed);
      entry.member.store(me, std::memory_order_relaxed);
      entry.ticket.store(tickets_.fetch_add(1, std::memory_order_relaxed),
                         std::memory_order_relaxed);
      // Before `waiting`: once an entry waits, every scan must reach it.
      if (i >= used) {
        used_.store(i + 1, std::memory_order_relaxed);
      }
      entry.stage.store(waiting, std::memory_order_release);
      return i;
    }
  }
  return in_the_crowd;
}

bool Waiters::sleep(Stay& stay, Roster& roster, const Deadline& deadline) {
  if (stay.entry == in_the_crowd && sleep_in_crowd(stay, roster, deadline)) {
    return true;
  }
  if (stay.entry == in_the_crowd) {
    return false;
  }
  Entry& entry = entries_[stay.entry];
  // The acquire pairs with the exchange to `notified`.
  while (entry.stage.load(std::memory_order_acquire) == waiting) {
    if (deadline.expired()) {
      // If the exchange fails, a notification came first. It counts, although the time is up.
      std::uint32_t stage = waiting;
      return !entry.stage.compare_exchange_strong(stage, vacant, std::memory_order_acq_rel);
    }
    static_cast<void>(platform::wait_on(entry.stage, waiting, deadline.capped(longest_sleep)));
    // Nobody may ever call `notify` again, so the sleepers themselves look for a notification whose
    // receiver died. The guard is taken only if there seems to be one.
    if (entry.stage.load(std::memory_order_acquire) == waiting && has_lost_notification(roster)) {
      const RobustGuard guard(guard_, roster, deadline);
      if (guard.is_held()) {
        notify_guarded(clear_dead(roster), roster);
      }
    }
  }
  return true;
}

// Returns true on a notification, and false at the deadline or with an entry in `stay`.
bool Waiters::sleep_in_crowd(Stay& stay, Roster& roster, const Deadline& deadline) {
  bool is_notified = false;
  while (!is_notified && stay.entry == in_the_crowd && !deadline.expired()) {
    static_cast<void>(
        platform::wait_on(crowd_epoch_, stay.crowd_epoch, deadline.capped(longest_sleep)));
    // With the guard no notification falls between the look at the epoch and taking an entry.
    const RobustGuard guard(guard_, roster, deadline);
    is_notified = crowd_epoch_.load(std::memory_order_relaxed) != stay.crowd_epoch;
    if (!is_notified && guard.is_held()) {
      stay.entry = take_entry(roster);
    }
  }
  crowd_.fetch_sub(1, std::memory_order_relaxed);
  return is_notified;
}

// The release pairs with the acquire in `take_entry`: the entry's next waiter comes after this one.
void Waiters::leave(const Stay& stay) noexcept {
  if (stay.entry != in_the_crowd) {
    entries_[stay.entry].stage.store(vacant, std::memory_order_release);
  }
}

void Waiters::notify(std::int64_t n, Roster& roster) {
  const RobustGuard guard(guard_, roster);
  notify_guarded(n + clear_dead(roster), roster);
}

// Scans for the longest-waiting entry once for each notification. With 254 entries that is cheaper
// than a sorted queue that must survive a kill at any step.
void Waiters::notify_guarded(std::int64_t n, const Roster& roster) noexcept {
  while (n > 0) {
    Entry* const entry = longest_waiting();
    if (entry == nullptr) {
      break;
    }
    const bool is_left = roster.is_dead(entry->member.load(std::memory_order_relaxed));
    std::uint32_t stage = waiting;
    // The exchange fails if the waiter's deadline has just passed; then another entry is tried.
    if (entry->stage.compare_exchange_strong(
            stage, is_left ? vacant : notified, std::memory_order_acq_rel) &&
        !is_left) {
      platform::wake(entry->stage, 1);
      --n;
    }
  }
  // The crowd cannot be woken one by one, so it may wake more than `n`.
  if (n > 0 && crowd_.load(std::memory_order_relaxed) > 0) {
    crowd_epoch_.fetch_add(1, std::memory_order_release);
    platform::wake_all(crowd_epoch_);
  }
}

// The number comes from memory that others write: it must not lead beyond the entries.
std::span<Waiters::Entry> Waiters::used_entries() noexcept {
  const std::size_t used = used_.load(std::memory_order_relaxed);
  return std::span(entries_).first(std::min(used, entries));
}

std::span<const Waiters::Entry> Waiters::used_entries() const noexcept {
  const std::size_t used = used_.load(std::memory_order_relaxed);
  return std::span(entries_).first(std::min(used, entries));
}

// With the guard. Vacates the entries of dead members and returns how many notifications they had.
// The caller must notify as many others.
std::int64_t Waiters::clear_dead(const Roster& roster) noexcept {
  std::int64_t lost = 0;
  for (Entry& entry : used_entries()) {
    std::uint32_t stage = entry.stage.load(std::memory_order_acquire);
    if (stage != vacant && roster.is_dead(entry.member.load(std::memory_order_relaxed)) &&
        entry.stage.compare_exchange_strong(stage, vacant, std::memory_order_acq_rel)) {
      lost += stage == notified ? 1 : 0;
    }
  }
  return lost;
}

// Without the guard, so the answer may be out of date. `clear_dead` looks again with the guard.
bool Waiters::has_lost_notification(const Roster& roster) const noexcept {
  for (const Entry& entry : used_entries()) {
    if (entry.stage.load(std::memory_order_acquire) == notified &&
        roster.is_dead(entry.member.load(std::memory_order_relaxed))) {
      return true;
    }
  }
  return false;
}

// With the guard, without which no ticket changes. Deadlines may still vacate the result.
Waiters::Entry* Waiters::longest_waiting() noexcept {
  Entry* longest = nullptr;
  std::uint64_t lowest = 0;
  for (Entry& entry : used_entries()) {
    const std::uint64_t ticket = entry.ticket.load(std::memory_order_relaxed);
    if (entry.stage.load(std::memory_order_acquire) == waiting &&
        (longest == nullptr || ticket < lowest)) {
      longest = &entry;
      lowest = ticket;
    }
  }
  return longest;
}

std::size_t Waiters::count(const Roster& roster) const noexcept {
  std::size_t number = 0;
  for (const Entry& entry : used_entries()) {
    number += entry.stage.load(std::memory_order_acquire) == waiting &&
                      !roster.is_dead(entry.member.load(std::memory_order_relaxed))
                  ? 1
                  : 0;
  }
  return number;
}

}  // namespace progeny::multiprocessing::detail
