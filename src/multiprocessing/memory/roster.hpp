#pragma once

// The processes that use shared objects, and which of them have died.

#include "multiprocessing/memory/region.hpp"
#include "platform/memory/liveness_slot.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace progeny::multiprocessing::detail {

/// The number of a process in a roster; 0 is no process. Two processes never have the same number,
/// one after the other, so a dead owner of a lock is not taken for a living one.
///
///     bits  0..11   place    which of the 4096 places in the roster
///     bits 12..29   claim    how often the place had been claimed by then, modulo 2^18
using MemberId = std::uint32_t;
/// The other two bits are never set, so that a word has room for marks beside the number.
inline constexpr unsigned bits_of_member = 30;

/// The processes that use a family of shared objects: those that one process has made and its
/// relatives use. The roster is an array of places in shared memory. A process claims one when it
/// first needs a number, and becomes a member:
///
///     place     free --claim--> claimed by a member --the member ends--> marked by the kernel
///                                 |                                        |
///                                 +--give_up--> free                       +--claim--> claimed,
///                                                                         with the next number
///
/// The kernel marks the place when the thread that claimed it ends, also by `kill -9`: see
/// platform::LivenessSlot. That has to be the main thread, which lives as long as the process. If
/// another thread joins, progeny starts a thread for it that sleeps until the process ends.
///
/// Where a sandbox denies set_robust_list(2), the kernel marks nothing. The library warns once, and
/// `is_dead` asks the system whether the process still runs: so waits that may be for a dead member
/// look again after `longest_sleep`.
///
/// A process is a member until it ends, or until it has no object of the family any more.
/// - Threads: safe.
class Roster {
 public:
  /// The roster for the objects that this process makes. A forked child shares its parent's.
  [[nodiscard]] static std::shared_ptr<Roster> own();
  /// The roster in memory that another process has made.
  [[nodiscard]] static std::shared_ptr<Roster> in(std::shared_ptr<Region> region);

  /// Only for `own` and `in`.
  explicit Roster(std::shared_ptr<Region> region);
  Roster(const Roster&) = delete;
  Roster& operator=(const Roster&) = delete;
  /// Ends the membership of this process.
  ~Roster();

  /// The number of this process, which joins if it has none yet.
  /// - Throws: RuntimeError if 4096 processes are members.
  [[nodiscard]] MemberId me() {
    const MemberId known = me_.load(std::memory_order_relaxed);
    return known != 0 ? known : join();
  }

  /// The number of this process if it has one, otherwise 0.
  [[nodiscard]] MemberId known_me() const noexcept { return me_.load(std::memory_order_relaxed); }

  /// Whether a member has died, or has left.
  [[nodiscard]] bool is_dead(MemberId member) const noexcept;

  /// The word that changes when a member dies, to wait on.
  [[nodiscard]] platform::FutexWait watch(MemberId member) noexcept;

  /// Wakes the other processes that wait for a member's death. To be called by a process that
  /// was waiting and finds the member dead: the kernel wakes only one.
  void spread_death(MemberId member) noexcept;

  [[nodiscard]] const std::shared_ptr<Region>& region() const noexcept { return region_; }

  /// For a forked child: it has not joined yet.
  void forget_me() noexcept;

 private:
  // A thread that holds the place for the process.
  struct Stand;

  [[nodiscard]] MemberId join();
  [[nodiscard]] MemberId join(bool& is_marked);
  [[nodiscard]] MemberId take_place_in_a_thread(bool& is_marked);

  std::shared_ptr<Region> region_;
  /// Relaxed: it goes with no other data; `join` stores it under a mutex, and looks again there.
  std::atomic<MemberId> me_{0};
  std::shared_ptr<Stand> stand_;  ///< Null if the main thread has the place.
};

}  // namespace progeny::multiprocessing::detail
