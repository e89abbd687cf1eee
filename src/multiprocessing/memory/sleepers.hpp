#pragma once

// Sleeping in shared memory until another process has done something.

#include "base/deadline.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "platform/memory/futex.hpp"
#include "platform/system/processor.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

namespace progeny::multiprocessing::detail {

/// Those of one side who sleep until the other side does something. Zeros are nobody. Lies in
/// shared memory.
///
/// Counts only ever cost a useless wake-up when somebody who was counted is killed.
class Sleepers {
 public:
  /// To be called after what they wait for has happened: wakes one.
  //
  // Looks at the count by a change of it that changes nothing: of this and of the change by who
  // goes to sleep one comes first, so that either the sleeper is seen here, or what has happened is
  // seen there.
  void ring() noexcept {
    ring([] { return true; });
  }
  /// The same, but only if `pays`, which is asked if anybody sleeps.
  template <class Condition>
  void ring(const Condition& pays) noexcept {
    if (count_.fetch_add(0, std::memory_order_seq_cst) != 0 && pays() &&
        rung_.exchange(1, std::memory_order_seq_cst) == 0) {
      platform::wake(rung_, 1);
    }
  }
  /// Wakes all.
  void ring_all() noexcept {
    rung_.store(1, std::memory_order_seq_cst);
    platform::wake_all(rung_);
  }

  /// Sleeps until `ring`, the deadline, a change of `also`, or some time has passed; not at all if
  /// it has happened.
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

  /// Orders what was done before it, and what another does before `ring`, as going to sleep would.
  void pass_by() noexcept { count_.fetch_add(0, std::memory_order_seq_cst); }

 private:
  platform::FutexWord rung_{0};  // 1 from a wake-up until who is woken has seen it.
  std::atomic<std::uint32_t> count_{0};
};

/// Looks again and again for as long as that has paid lately: what comes within that time costs no
/// switch of processes. On one processor it never comes.
///
/// Each look takes the word away from who is to change it. Where one thing comes after the other it
/// pays to look less often, and find several. Threads: safe.
class AdaptiveSpin {
 public:
  /// Returns whether it has happened.
  template <class Condition>
  bool until(const Condition& has_happened) noexcept {
    if (!platform::has_several_processors()) {
      return has_happened();
    }
    const int longest = longest_.load(std::memory_order_relaxed);
    const int pauses = pauses_.load(std::memory_order_relaxed);
    for (int spent = 0; spent < longest; spent += pauses) {
      if (has_happened()) {
        longest_.store(std::min(most, longest * 2), std::memory_order_relaxed);
        return true;
      }
      for (int pause = 0; pause < pauses; ++pause) {
        platform::pause_processor();
      }
    }
    longest_.store(std::max(fewest, longest / 2), std::memory_order_relaxed);
    return false;
  }

  /// After a wait: whether several things had come.
  void found(bool several) noexcept {
    const int pauses = pauses_.load(std::memory_order_relaxed);
    pauses_.store(several ? std::min(most_pauses, pauses * 2) : std::max(fewest_pauses, pauses / 2),
                  std::memory_order_relaxed);
  }

 private:
  // In pauses of the processor, of some 40 ns.
  static constexpr int fewest = 32;
  static constexpr int most = 4096;
  static constexpr int fewest_pauses = 4;
  static constexpr int most_pauses = 128;
  std::atomic<int> longest_{256};
  std::atomic<int> pauses_{fewest_pauses};
};

}  // namespace progeny::multiprocessing::detail
