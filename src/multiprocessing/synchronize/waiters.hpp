#pragma once

// The waiters of a condition, in shared memory.

#include "base/deadline.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/memory/futex.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace progeny::multiprocessing::detail {

// Each waiter has an entry with a futex word of its own, so that a notification wakes exactly the
// waiters that it is for. The word is the entry's stage:
//
//             enter                 notify                  leave
//   vacant ------------> waiting ------------> notified ------------> vacant
//                           |                      |
//                           | the deadline passes  | the waiter dies: the entry becomes vacant and
//                           | or the waiter dies   | the next notifier, or a waiter that looks
//                           v                      v after its sleep, notifies another waiter
//                         vacant                 vacant
//
//   change                 made by               as
//   vacant -> waiting      the waiter            a store with the guard
//   waiting -> notified    the notifier          an exchange with the guard
//   waiting -> vacant      the waiter, too late  an exchange without the guard
//   notified -> vacant     the waiter            a store without the guard
//   any -> vacant          a member that finds   an exchange with the guard
//                          the waiter dead
//
// The exchanges settle the one race: of a notification and a deadline, one comes first and the
// other fails.
//
// A waiter that finds no vacant entry joins the crowd. The crowd sleeps on one epoch word and is
// woken as a whole. After each sleep its members try for an entry.
//
//   sleeps on             expects          is woken by
//   its entry's stage     waiting          notify, one wake for one entry
//   crowd_epoch_          the epoch seen   notify with more notifications than entries, a wake for
//                         at `enter`       all
//
// Every single change leaves the structure consistent, so a dead owner of the guard needs no
// repair. What a killed process leaves:
//   a waiter               an entry of a dead member. `take_entry` reuses it if it was waiting;
//                          `clear_dead` passes the notification on if it was notified.
//   a waiter in the crowd  a count that is too high: a useless wake-up of the crowd
//   a notifier, between    a notified waiter that sleeps. It looks after `longest_sleep`.
//   change and wake
//   a notifier, before     fewer notifications than `n`. It held the condition's lock, so the next
//   the last change        owner of that learns of the death.
//   a member that passes   the notification is lost: this takes two deaths within microseconds
//   on for a dead one

/// The waiters of a condition. All bytes zero is a condition without waiters.
class Waiters {
 public:
  /// One waiter's place, from `enter` to `leave`.
  struct Stay {
    std::uint32_t entry = in_the_crowd;
    std::uint32_t crowd_epoch = 0;
  };

  /// Registers the caller. Every later notification may be for it. Returns nothing if the deadline
  /// passes while another process has stopped in the middle of such a call.
  [[nodiscard]] std::optional<Stay> enter(Roster& roster,
                                          const progeny::detail::Deadline& deadline);
  /// Sleeps until a notification or the deadline. Returns whether a notification came; if not, the
  /// stay has ended and `leave` must not be called.
  [[nodiscard]] bool sleep(Stay& stay, Roster& roster, const progeny::detail::Deadline& deadline);
  /// Ends the stay after a notification. If the caller dies before this, another waiter gets the
  /// notification.
  void leave(const Stay& stay) noexcept;

  /// Notifies the `n` living waiters that have waited longest.
  void notify(std::int64_t n, Roster& roster);

  /// The number of living waiters with an entry that have no notification yet.
  [[nodiscard]] std::size_t count(const Roster& roster) const noexcept;

 private:
  enum Stage : std::uint8_t { vacant, waiting, notified };

  // The guard's owner writes `member` and `ticket` before it stores `waiting` (release). Readers
  // load `stage` first (acquire), so they see the member that belongs to the stage.
  struct Entry {
    platform::FutexWord stage{vacant};     // The waiter sleeps on it while it is `waiting`.
    std::atomic<MemberId> member{0};       // The waiter's process.
    std::atomic<std::uint64_t> ticket{0};  // Order of arrival: the lowest has waited longest.
  };

  static constexpr std::uint32_t in_the_crowd = ~std::uint32_t{0};
  static constexpr std::size_t entries = 254;  // As many as fit into a page with the fields below.

  [[nodiscard]] std::uint32_t take_entry(Roster& roster) noexcept;
  [[nodiscard]] std::int64_t clear_dead(const Roster& roster) noexcept;
  [[nodiscard]] std::span<Entry> used_entries() noexcept;
  [[nodiscard]] std::span<const Entry> used_entries() const noexcept;
  [[nodiscard]] bool has_lost_notification(const Roster& roster) const noexcept;
  void notify_guarded(std::int64_t n, const Roster& roster) noexcept;
  [[nodiscard]] Entry* longest_waiting() noexcept;
  [[nodiscard]] bool sleep_in_crowd(Stay& stay,
                                    Roster& roster,
                                    const progeny::detail::Deadline& deadline);

  RobustLock guard_;                       // Orders the relaxed accesses to the fields below.
  platform::FutexWord crowd_epoch_{0};     // Counts the wake-ups of the crowd.
  std::atomic<std::uint32_t> crowd_{0};    // Members of the crowd, including those killed in it.
  std::atomic<std::uint32_t> used_{0};     // Entries from this index on were never used.
  std::atomic<std::uint64_t> tickets_{0};  // The next ticket. Only the guard's owner changes it.
  std::array<Entry, entries> entries_{};
};

}  // namespace progeny::multiprocessing::detail
