#pragma once

// Who uses shared objects, and who of them has died.

#include "multiprocessing/memory/region.hpp"
#include "platform/memory/liveness_slot.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace progeny::multiprocessing::detail {

/// A process, in the roster that gave it this number. 0 is nobody.
using MemberId = std::uint32_t;
/// The others are never set, so that a word has room for marks beside it.
inline constexpr unsigned bits_of_member = 30;

/// The processes that use a family of shared objects. Each joins when it first needs its number,
/// and is a member until it ends; then its place is another's, under another number.
///
/// A member exists as long as the thread that the process began with, or until the process has no
/// object of the family any more. (Joined from another thread, the process gets a thread of
/// progeny's for it, which sleeps.)
/// - Threads: safe.
class Roster {
 public:
  /// The roster of the objects that this process makes: its parent's, if it is a fork.
  [[nodiscard]] static std::shared_ptr<Roster> own();
  /// The roster in shared memory that another process has made.
  [[nodiscard]] static std::shared_ptr<Roster> in(std::shared_ptr<Region> region);

  /// Only for `own` and `in`.
  explicit Roster(std::shared_ptr<Region> region);
  Roster(const Roster&) = delete;
  Roster& operator=(const Roster&) = delete;
  /// This process is no member any more.
  ~Roster();

  /// This process's number. Throws RuntimeError if too many processes have theirs already.
  [[nodiscard]] MemberId me() {
    const MemberId known = me_.load(std::memory_order_relaxed);
    return known != 0 ? known : join();
  }

  /// The same if it has one already, otherwise 0.
  [[nodiscard]] MemberId known_me() const noexcept { return me_.load(std::memory_order_relaxed); }

  /// Whether a member has died. Its number is never another's.
  [[nodiscard]] bool is_dead(MemberId member) const noexcept;

  /// What to wait on for a member's death.
  [[nodiscard]] platform::FutexWait watch(MemberId member) noexcept;

  /// To be called by who finds a member dead after having waited: wakes the others that wait.
  void spread_death(MemberId member) noexcept;

  [[nodiscard]] const std::shared_ptr<Region>& region() const noexcept { return region_; }

  /// In a new copy of the process: it has no number yet.
  void forget_me() noexcept;

 private:
  // A thread that is a member in the process's place.
  struct Stand;

  [[nodiscard]] MemberId join();
  [[nodiscard]] MemberId take_place_in_a_thread();

  std::shared_ptr<Region> region_;
  std::atomic<MemberId> me_{0};
  std::shared_ptr<Stand> stand_;  // Null if the main thread has the place.
};

}  // namespace progeny::multiprocessing::detail
