#include "multiprocessing/memory/adaptive_spin.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// Between two looks at the clock: after more than that another process has run for a part of its
// time. Interrupts, kernel threads and the host of a virtual machine take less, some 20 to 100 us.
constexpr std::int64_t longest_gap = 500'000;
// How long one such finding holds. A process that runs on beside others loses the processor after
// some milliseconds, so the watches before that are some hundredth of this time.
constexpr std::int64_t memory_of_others = 300'000'000;
// Processor time that it takes to sleep and to be woken, on both sides.
constexpr std::int64_t price_of_sleep = 5'000;

std::int64_t now_in_nanoseconds() noexcept {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace

// Raises the credit by the time that has passed. Returns whether it suffices for a watch.
bool AdaptiveSpin::has_credit(Nanoseconds now) noexcept {
  const Nanoseconds passed = now - credited_at_.exchange(now, std::memory_order_relaxed);
  const Nanoseconds earned = std::max<Nanoseconds>(passed, 0) / time_per_credit;
  const Nanoseconds credit =
      std::min(most_credit, credit_.load(std::memory_order_relaxed) + earned);
  credit_.store(credit, std::memory_order_relaxed);
  return credit >= longest_watch;
}

AdaptiveSpin::Watch::Watch(AdaptiveSpin& spin) noexcept
    : spin_(spin),
      begin_(now_in_nanoseconds()),
      last_look_(begin_),
      is_over_(!spin.has_credit(begin_)) {}

bool AdaptiveSpin::Watch::goes_on() noexcept {
  if (is_over_) {
    return false;
  }
  const Nanoseconds now = now_in_nanoseconds();
  const Nanoseconds gap = now - std::exchange(last_look_, now);
  if (gap >= longest_gap) {
    spin_.others_until_.store(now + memory_of_others, std::memory_order_relaxed);
    begin_ += gap;  // Others had that time.
  }
  is_over_ = gap >= longest_gap || now - begin_ >= longest_watch;
  if (is_over_) {
    spin_.credit_.fetch_sub(now - begin_, std::memory_order_relaxed);
  }
  return !is_over_;
}

void AdaptiveSpin::Watch::succeed() noexcept {
  if (last_look_ < spin_.others_until_.load(std::memory_order_relaxed)) {
    spin_.credit_.fetch_sub(std::max<Nanoseconds>(0, last_look_ - begin_ - price_of_sleep),
                            std::memory_order_relaxed);
  }
}

}  // namespace progeny::multiprocessing::detail
