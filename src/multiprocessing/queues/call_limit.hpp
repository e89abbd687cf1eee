#pragma once

// The time limit of one call on a queue, and the locks of the queue under it.

#include "base/deadline.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/roster.hpp"

#include <progeny/base/timeout.hpp>

#include <algorithm>
#include <chrono>

namespace progeny::multiprocessing::detail {

/// How long any call waits for a lock, also one that is to look only once: longer than a process
/// that the system has interrupted inside is mostly away, and too short to be noticed.
inline constexpr std::chrono::milliseconds patience_for_lock{50};

/// The limit of one call, for all waits in it together.
///
/// The first wait starts it: reading the clock takes longer than a call that need not wait.
/// - Threads: one.
class CallLimit {
 public:
  explicit CallLimit(const Timeout& timeout = {}) noexcept : timeout_(timeout) {}

  /// The moment at which the wait for messages, or for room, gives up.
  [[nodiscard]] const progeny::detail::Deadline& deadline() noexcept {
    if (!has_begun_) {
      has_begun_ = true;
      deadline_ = progeny::detail::Deadline(timeout_);
      if (!deadline_.is_never()) {
        least_for_lock_ = progeny::detail::Deadline(patience_for_lock);
      }
    }
    return deadline_;
  }

  /// How long the wait for a lock may take: until the deadline, or for `patience_for_lock`.
  [[nodiscard]] Timeout for_lock() noexcept {
    if (deadline().is_never()) {
      return {};
    }
    return std::max(deadline_.remaining(), least_for_lock_.remaining());
  }

 private:
  Timeout timeout_;
  bool has_begun_ = false;
  progeny::detail::Deadline deadline_;
  progeny::detail::Deadline least_for_lock_;
};

/// Holds a lock of a queue for a scope, if it is to be had within the limit of the call. Its owner
/// may be a process that is stopped, so only the call's own limit ends the wait.
///
/// Only for what stays consistent if its owner is killed at any step: the scope is entered also if
/// the last owner has died with the lock.
class LockTurn {
 public:
  /// Waits only if `pays`, which is evaluated if the lock is not free at once.
  template <class Condition>
  LockTurn(RobustLock& lock, Roster& roster, CallLimit& limit, const Condition& pays)
      : lock_(lock) {
    if (lock.try_acquire(roster.me())) {
      acquired_ = Acquired::yes;
    } else if (pays()) {
      acquired_ = lock.acquire(roster, limit.for_lock());
    }
  }
  LockTurn(const LockTurn&) = delete;
  LockTurn& operator=(const LockTurn&) = delete;
  ~LockTurn() {
    if (has_come()) {
      lock_.release();
    }
  }

  /// Whether the lock is held.
  [[nodiscard]] bool has_come() const noexcept { return acquired_ != Acquired::no; }
  /// Whether the last owner has died with the lock: it has not handed over what it wrote.
  [[nodiscard]] bool from_dead_member() const noexcept {
    return acquired_ == Acquired::from_dead_member;
  }

 private:
  RobustLock& lock_;
  Acquired acquired_ = Acquired::no;
};

}  // namespace progeny::multiprocessing::detail
