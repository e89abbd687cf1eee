#pragma once

// A lock in shared memory that another process can take over when its owner dies.

#include "base/deadline.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/memory/futex.hpp"

#include <chrono>
#include <cstdint>

namespace progeny::multiprocessing::detail {

/// The longest that a wait on shared memory sleeps before it looks again. If a process is killed
/// between a change and the wake-up for it, the waiters find the change after that time.
inline constexpr std::chrono::milliseconds longest_sleep{250};

/// How an attempt to get a lock ended.
enum class Acquired : std::uint8_t {
  no,                ///< The deadline has passed.
  yes,               ///< The lock was free, and is the caller's.
  from_dead_member,  ///< The owner has died with the lock, and now it is the caller's.
};

/// A lock in shared memory; zeros are a free one. Members of a roster own it, not their threads:
/// any thread of any process may release it.
///
/// The lock is one word:
///
///     bits 0..29   owner       the member that has it; 0: it is free
///     bit  30      reserved    only a process that has slept may take it
///     bit  31      waited_for  there may be sleepers: `release` has to wake one
///
///     word                      means                            next
///     0                         free                             any process takes it
///     A                         A has it, no one waits           release: 0
///     A, waited_for             A has it, others may sleep       release: 0, and wake one
///     A, waited_for, reserved   a sleeper has lost patience      release: reserved, and wake one
///     reserved                  free, for processes that slept   one of them takes it
///     A (dead), any marks       A died with it                   any process takes it over
///
/// A free lock goes to the process that comes first. That is fast, since the woken process takes
/// some time to run; but it could starve. So a process that has slept for `patience` reserves the
/// lock for the sleepers.
///
/// A sleeper waits on the word and on the owner's life at once (futex_waitv(2)): the kernel wakes
/// it when the owner dies. docs/models/robust_lock.pml checks the protocol.
///
/// Order: all ways to get the lock are an acquire of `word_`, and `release` is a release of it. So
/// what one owner wrote is seen by the next. A dead owner has released nothing: its successor may
/// rely on what is consistent after each store, in any order, and no more.
class RobustLock {
 public:
  RobustLock() = default;
  RobustLock(const RobustLock&) = delete;
  RobustLock& operator=(const RobustLock&) = delete;
  ~RobustLock() = default;

  /// Gets the lock if it is free and not reserved.
  [[nodiscard]] bool try_acquire(MemberId me) noexcept {
    std::uint32_t nobody = 0;
    return word_.compare_exchange_strong(
        nobody, me, std::memory_order_acquire, std::memory_order_relaxed);
  }

  /// Gets the lock, and waits for it until the timeout. Looks once if that is not above 0.
  [[nodiscard]] Acquired acquire(Roster& roster, const Timeout& timeout = {}) {
    // Reading the clock takes longer than getting a free lock, so only a wait makes a Deadline.
    return try_acquire(roster.me()) ? Acquired::yes
                                    : wait_for(roster, progeny::detail::Deadline(timeout));
  }
  /// The same until a deadline, but for at least `patience`. For short sections: there the lock is
  /// had within that time, unless its owner has stopped.
  [[nodiscard]] Acquired acquire_patiently(Roster& roster,
                                           const progeny::detail::Deadline& deadline) {
    if (try_acquire(roster.me())) {
      return Acquired::yes;
    }
    const bool is_soon = deadline.remaining() < patience;
    return wait_for(roster, is_soon ? progeny::detail::Deadline(patience) : deadline);
  }

  /// Releases the lock. Returns whether any member had it.
  bool release() noexcept {
    const std::uint32_t before = word_.exchange(0, std::memory_order_release);
    if ((before & waited_for) != 0) {
      // The reservation is put back. Another process may have taken the lock in between: then the
      // woken process, which has lost patience, reserves it anew.
      if ((before & reserved) != 0) {
        word_.fetch_or(reserved, std::memory_order_relaxed);
      }
      // `waited_for` is not put back, though others may sleep: the woken process sets it again, as
      // it cannot know whether it was the last.
      platform::wake(word_, 1);
    }
    return (before & mask_of_owner) != 0;
  }

  /// The member that has the lock, dead or alive; 0 if it is free.
  [[nodiscard]] MemberId owner() const noexcept {
    return word_.load(std::memory_order_relaxed) & mask_of_owner;
  }
  /// Whether a process that has slept for `patience` is to have the lock next.
  [[nodiscard]] bool is_reserved() const noexcept {
    return (word_.load(std::memory_order_relaxed) & reserved) != 0;
  }

  /// How long a sleeper lets others go first.
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

  platform::FutexWord word_{0};  // See the table above.
};

/// Holds a lock for a scope. Only for what stays consistent if its owner is killed at any step: the
/// scope is entered also if the last owner has died with the lock.
///
/// The sections are short, but their owner may be stopped (SIGSTOP, a debugger) in one. So a call
/// that has a deadline passes it on, and looks whether it has the lock. Then it may be late by
/// `RobustLock::patience`.
class RobustGuard {
 public:
  RobustGuard(RobustLock& lock, Roster& roster) : lock_(lock), acquired_(lock.acquire(roster)) {}
  RobustGuard(RobustLock& lock, Roster& roster, const progeny::detail::Deadline& deadline)
      : lock_(lock), acquired_(lock.acquire_patiently(roster, deadline)) {}
  RobustGuard(const RobustGuard&) = delete;
  RobustGuard& operator=(const RobustGuard&) = delete;
  ~RobustGuard() {
    if (is_held()) {
      lock_.release();
    }
  }

  /// Whether the lock is held: false if the deadline came first.
  [[nodiscard]] bool is_held() const noexcept { return acquired_ != Acquired::no; }
  /// Whether the last owner has died with the lock: it has not handed over what it wrote.
  [[nodiscard]] bool from_dead_member() const noexcept {
    return acquired_ == Acquired::from_dead_member;
  }

 private:
  RobustLock& lock_;
  Acquired acquired_;
};

}  // namespace progeny::multiprocessing::detail
