#pragma once

// Those who wait in a condition, as they stand in shared memory.

#include "base/deadline.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/memory/futex.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace progeny::multiprocessing::detail {

/// The waiters of a condition; zeros are none. Each has an entry with a word of its own to sleep
/// on, so that a notification goes to as many as it is meant for. Who finds no free entry waits in
/// the crowd, which is woken as a whole, until an entry gets free.
///
/// Every change is one store or exchange, after which all is in order, so that whoever is killed
/// between two leaves nothing to mend; only notifications may have to be passed on.
class Waiters {
 public:
  /// One stay: from `enter` to `leave`.
  struct Stay {
    std::uint32_t entry = in_the_crowd;
    std::uint32_t crowd_epoch = 0;
  };

  /// Enters. Whatever is notified from now on may be for the caller.
  [[nodiscard]] Stay enter(Roster& roster);
  /// Sleeps until notified, at most until the deadline. Returns whether it was notified; if not, it
  /// has left already.
  [[nodiscard]] bool sleep(Stay& stay, Roster& roster, const progeny::detail::Deadline& deadline);
  /// Leaves after a notification, which is passed on to another if the caller is killed before.
  void leave(const Stay& stay) noexcept;

  /// Notifies the `n` living ones that have waited longest.
  void notify(std::int64_t n, Roster& roster);

  /// How many living ones wait and have not been notified.
  [[nodiscard]] std::size_t count(const Roster& roster) const noexcept;

 private:
  // The stages of an entry: the guard's owner makes it `waiting` and then `notified`;
  // the waiter itself makes it vacant, and the guard's owner that of a dead member.
  enum Stage : std::uint8_t { vacant, waiting, notified };

  struct Entry {
    platform::FutexWord stage{vacant};
    std::atomic<MemberId> member{0};
    std::atomic<std::uint64_t> ticket{0};
  };

  static constexpr std::uint32_t in_the_crowd = ~std::uint32_t{0};
  static constexpr std::size_t entries = 254;

  [[nodiscard]] std::uint32_t take_entry(Roster& roster) noexcept;
  [[nodiscard]] std::int64_t clear_dead(const Roster& roster) noexcept;
  [[nodiscard]] bool has_lost_notification(const Roster& roster) const noexcept;
  void notify_guarded(std::int64_t n, const Roster& roster) noexcept;
  [[nodiscard]] Entry* longest_waiting() noexcept;
  [[nodiscard]] bool sleep_in_crowd(Stay& stay,
                                    Roster& roster,
                                    const progeny::detail::Deadline& deadline);

  RobustLock guard_;
  platform::FutexWord crowd_epoch_{0};     // Counts the notifications of the crowd.
  std::atomic<std::uint32_t> crowd_{0};    // How many are in it, and were killed there.
  std::atomic<std::uint32_t> used_{0};     // No entry from here on was ever used.
  std::atomic<std::uint64_t> tickets_{0};  // Changed by the guard's owner only.
  std::array<Entry, entries> entries_{};
};

}  // namespace progeny::multiprocessing::detail
