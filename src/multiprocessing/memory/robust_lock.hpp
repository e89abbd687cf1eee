#pragma once

// A lock in shared memory that outlives its owners.

#include "base/deadline.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/memory/futex.hpp"

#include <chrono>
#include <cstdint>

namespace progeny::multiprocessing::detail {

/// The longest that a wait on shared memory sleeps at once. What could be lost by a `kill -9`
/// between a change and the wake-up for it is found after that time.
inline constexpr std::chrono::milliseconds longest_sleep{250};

/// How an attempt to get a lock ended.
enum class Acquired : std::uint8_t {
  no,                ///< Not until the deadline.
  yes,               ///< It was free.
  from_dead_member,  ///< Its owner has died with it; now the caller has it.
};

/// A lock in shared memory; zeros are a free one. Members of a roster own it, not their threads:
/// any thread of any process may release it.
///
/// When its owner dies, those who wait are woken by the kernel, and one of them has it next.
/// Whoever comes along when it gets free may have it, which is fast, but not for longer than
/// `patience` of somebody who sleeps: then one who sleeps has it next.
class RobustLock {
 public:
  RobustLock() = default;
  RobustLock(const RobustLock&) = delete;
  RobustLock& operator=(const RobustLock&) = delete;
  ~RobustLock() = default;

  /// Gets it if it is free.
  [[nodiscard]] bool try_acquire(MemberId me) noexcept {
    std::uint32_t nobody = 0;
    return word_.compare_exchange_strong(
        nobody, me, std::memory_order_acquire, std::memory_order_relaxed);
  }

  /// Gets it, and waits for it that long. Looks once if the timeout is not above 0.
  [[nodiscard]] Acquired acquire(Roster& roster, const Timeout& timeout = {}) {
    // The clock is read only if there is something to wait for: that takes longer than all else.
    return try_acquire(roster.me()) ? Acquired::yes
                                    : wait_for(roster, progeny::detail::Deadline(timeout));
  }

  /// Lets it go. Returns whether anybody had it.
  bool release() noexcept {
    const std::uint32_t before = word_.exchange(0, std::memory_order_release);
    if ((before & waited_for) != 0) {
      if ((before & reserved) != 0) {
        word_.fetch_or(reserved, std::memory_order_relaxed);
      }
      platform::wake(word_, 1);
    }
    return (before & mask_of_owner) != 0;
  }

  /// Who has it, dead or alive; 0 if nobody.
  [[nodiscard]] MemberId owner() const noexcept {
    return word_.load(std::memory_order_relaxed) & mask_of_owner;
  }
  /// Whether one who has slept long enough is to have it next.
  [[nodiscard]] bool is_reserved() const noexcept {
    return (word_.load(std::memory_order_relaxed) & reserved) != 0;
  }

  static constexpr std::chrono::milliseconds patience{10};

 private:
  static constexpr std::uint32_t waited_for = std::uint32_t{1} << 31;
  static constexpr std::uint32_t reserved = std::uint32_t{1} << 30;
  static constexpr std::uint32_t mask_of_owner = reserved - 1;
  static_assert(mask_of_owner == (std::uint32_t{1} << bits_of_member) - 1);

  [[nodiscard]] Acquired wait_for(Roster& roster, const progeny::detail::Deadline& deadline);
  [[nodiscard]] Acquired try_step(Roster& roster, std::uint32_t seen, std::uint32_t mark) noexcept;
  [[nodiscard]] bool spin(MemberId me) noexcept;
  void sleep(Roster& roster,
             std::uint32_t marks,
             const progeny::detail::Deadline& deadline) noexcept;

  // The owner, whether somebody may sleep, and whether it is reserved for those.
  platform::FutexWord word_{0};
};

/// Has a lock for a scope in which no step that is left half done does harm, so that it does not
/// matter whether the last owner has died. What is done in the scope never waits.
class RobustGuard {
 public:
  RobustGuard(RobustLock& lock, Roster& roster) : lock_(lock), acquired_(lock.acquire(roster)) {}
  RobustGuard(const RobustGuard&) = delete;
  RobustGuard& operator=(const RobustGuard&) = delete;
  ~RobustGuard() { lock_.release(); }

  [[nodiscard]] bool from_dead_member() const noexcept {
    return acquired_ == Acquired::from_dead_member;
  }

 private:
  RobustLock& lock_;
  Acquired acquired_;
};

}  // namespace progeny::multiprocessing::detail
