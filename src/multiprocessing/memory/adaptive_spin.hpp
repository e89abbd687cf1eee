#pragma once

// Looking again and again before a process goes to sleep.

#include "platform/system/processor.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace progeny::multiprocessing::detail {

/// Looks again and again before a process goes to sleep: what happens within that time costs no
/// system call and no switch of processes. On one processor it cannot happen, so it looks once.
///
/// There are two stages:
///
///     stage     for               when
///     glance    some 50 pauses    always: no longer than going to sleep would take
///     watch     up to 50 us       if there is credit for it
///
/// The watch is longer than a sleeping process takes to wake up. So a waiter that watches sees the
/// answer of a peer that it has just woken, and from then on both find each other awake. If both
/// gave up earlier, each would sleep whenever the other answers: a pair that has fallen asleep once
/// would go on so for ever.
///
/// Credit keeps watches from taking time from others. It grows by 0.5 % of the time that passes,
/// and a watch costs as much as it took:
///
///     watch            alone on its processor    beside other work
///     in vain          costs credit              costs credit
///     successful       costs nothing             costs credit beyond 5 us
///
/// So a waiter whose peer is slow or idle hardly watches. It knows that there is other work when it
/// finds during a watch that it did not run for half a millisecond; that holds for some tenths of a
/// second.
/// (No call of the system tells it better. sched_yield(2) would, but a process that has yielded has
/// to wait for its turn, while one that sleeps gets the processor when it is woken.)
///
/// Besides, it learns how long to pause between two looks (`pauses_`): each look takes the cache
/// line away from the process that is about to write it. So where messages come in bursts it is
/// faster to look seldom and find several.
///
/// All of it is a hint of this process alone: relaxed, and lost updates do no harm.
/// - Threads: safe.
class AdaptiveSpin {
 public:
  /// Looks until it has happened, or until it is better to sleep. Returns whether it has happened.
  template <class Condition>
  bool until(const Condition& has_happened) noexcept {
    if (!platform::has_several_processors()) {
      return has_happened();
    }
    const int pauses = pauses_.load(std::memory_order_relaxed);
    if (look(has_happened, pauses)) {
      return true;
    }
    for (Watch watch(*this); watch.goes_on();) {
      if (look(has_happened, pauses)) {
        watch.succeed();
        return true;
      }
    }
    return has_happened();
  }

  /// To be called after a wait: whether several messages had come by then.
  void found(bool several) noexcept {
    const int pauses = pauses_.load(std::memory_order_relaxed);
    pauses_.store(several ? std::min(most_pauses, pauses * 2) : std::max(fewest_pauses, pauses / 2),
                  std::memory_order_relaxed);
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Nanoseconds = std::int64_t;

  /// One watch, from its begin to its end.
  class Watch {
   public:
    explicit Watch(AdaptiveSpin& spin) noexcept;
    /// Whether to look for another moment.
    [[nodiscard]] bool goes_on() noexcept;
    /// It has happened.
    void succeed() noexcept;

   private:
    AdaptiveSpin& spin_;
    Nanoseconds begin_;
    Nanoseconds last_look_;
    bool is_over_;
  };

  /// Looks for the time of a glance: 1 to 3 us on x86, less on other processors.
  template <class Condition>
  static bool look(const Condition& has_happened, int pauses) noexcept {
    for (int spent = 0; spent < moment; spent += pauses) {
      if (has_happened()) {
        return true;
      }
      for (int pause = 0; pause < pauses; ++pause) {
        platform::pause_processor();
      }
    }
    return false;
  }

  [[nodiscard]] bool has_credit(Nanoseconds now) noexcept;

  // In pauses of the processor, of some 40 ns.
  static constexpr int moment = 48;
  static constexpr int fewest_pauses = 4;
  static constexpr int most_pauses = 128;

  static constexpr Nanoseconds longest_watch = 50'000;
  static constexpr Nanoseconds most_credit = 10 * longest_watch;
  static constexpr Nanoseconds time_per_credit = 200;

  std::atomic<int> pauses_{fewest_pauses};
  std::atomic<Nanoseconds> credit_{most_credit};
  std::atomic<Nanoseconds> credited_at_{0};   // When `credit_` was last raised.
  std::atomic<Nanoseconds> others_until_{0};  // Until when other work is assumed.
};

}  // namespace progeny::multiprocessing::detail
