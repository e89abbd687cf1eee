#pragma once

// Sleeping until another process has changed something in shared memory.

#include "base/deadline.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "platform/memory/futex.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

namespace progeny::multiprocessing::detail {

/// The processes of one side that sleep until the other side does something: the getters of a
/// queue, say, which sleep until there is a message. Lies in shared memory; zeros are no sleepers.
///
///     sleeper (sleep_until)                     ringer (ring)
///     1. add one to count_                      1. make it happen: store a message, say
///     2. look whether it has happened; if not:  2. load count_, by adding 0 to it
///     3. sleep while rung_ is 0                 3. if it is not 0: exchange rung_ for 1, and
///     4. take one from count_                      wake one sleeper if it was 0
///     5. store 0 to rung_
///
/// No wake-up is lost. The sleeper's step 1 and the ringer's step 2 are read-modify-writes of one
/// word, so one comes first. If the sleeper's does, the ringer sees it and rings: the sleeper finds
/// `rung_` 1, or is woken from the sleep. If the ringer's does, the sleeper's acquires what the
/// ringer released before, and its step 2 sees what has happened. A plain load in the ringer's step
/// 2 would not do: its own store may still be in the store buffer of its processor then, where the
/// sleeper cannot see it (docs/models/sleepers.pml, with WEAK).
///
/// `rung_` saves system calls: from one wake-up until the woken process has stored 0, others that
/// ring leave it alone. So a woken process that finds more than it takes has to ring for the next
/// sleeper of its own side.
///
/// A process that is killed in its sleep stays counted, which costs useless system calls and
/// nothing else. A ringer that is killed between its steps 1 and 3, or a sleeper between being
/// woken and its step 5, leaves others asleep: they look again after `longest_sleep`.
class Sleepers {
 public:
  /// The ringer's steps 2 and 3: wakes one sleeper.
  void ring() noexcept {
    ring([] { return true; });
  }
  /// The same, but only if `pays`, which is evaluated if there are sleepers.
  template <class Condition>
  void ring(const Condition& pays) noexcept {
    if (count_.fetch_add(0, std::memory_order_seq_cst) != 0 && pays() &&
        rung_.exchange(1, std::memory_order_seq_cst) == 0) {
      platform::wake(rung_, 1);
    }
  }
  /// Wakes all sleepers. Also those that have added themselves and are not asleep yet: they find
  /// `rung_` changed.
  void ring_all() noexcept {
    rung_.store(1, std::memory_order_seq_cst);
    platform::wake_all(rung_);
  }

  /// Sleeps until a `ring`, the deadline, a change of the word `also`, or for `longest_sleep`; not
  /// at all if `has_happened`. The caller looks again.
  template <class Condition>
  void sleep_until(const Condition& has_happened,
                   const progeny::detail::Deadline& deadline,
                   const std::optional<platform::FutexWait>& also = {}) noexcept {
    count_.fetch_add(1, std::memory_order_seq_cst);
    if (!has_happened()) {
      const progeny::detail::Deadline soon = deadline.capped(longest_sleep);
      if (also) {
        static_cast<void>(platform::wait_on_any(
            std::array{platform::FutexWait{.word = &rung_, .expected = 0}, *also}, soon));
      } else {
        static_cast<void>(platform::wait_on(rung_, 0, soon));
      }
    }
    count_.fetch_sub(1, std::memory_order_seq_cst);
    rung_.store(0, std::memory_order_seq_cst);
  }

  /// The order of a sleeper's step 1 for a process that waits by other means: either a later `ring`
  /// sees what this process stored before, or this process sees what was stored before that `ring`.
  void pass_by() noexcept { count_.fetch_add(0, std::memory_order_seq_cst); }

 private:
  platform::FutexWord rung_{0};          // 1 from a wake-up until a woken process stores 0.
  std::atomic<std::uint32_t> count_{0};  // Those between steps 1 and 4.
};

}  // namespace progeny::multiprocessing::detail
