#pragma once

// A moment on the monotonic clock at which a wait gives up.

#include <progeny/base/timeout.hpp>

#include <algorithm>
#include <chrono>

namespace progeny::detail {

/// Made from a call's `Timeout` at the start of the call, and passed to every wait inside.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  /// The moment that is `timeout` from now. Beyond the end of the clock it is "never".
  explicit Deadline(const Timeout& timeout = {}) noexcept {
    if (timeout.limited()) {
      const auto now = Clock::now();
      if (timeout.limit() < Clock::time_point::max() - now) {
        moment_ = now + std::max(timeout.limit(), std::chrono::nanoseconds::zero());
      }
    }
  }

  /// Whether there is no limit.
  [[nodiscard]] bool is_never() const noexcept { return moment_ == Clock::time_point::max(); }

  /// The moment; the end of the clock for "never".
  [[nodiscard]] Clock::time_point moment() const noexcept { return moment_; }

  /// The time left, never negative; the largest value for "never".
  [[nodiscard]] std::chrono::nanoseconds remaining() const noexcept {
    if (is_never()) {
      return std::chrono::nanoseconds::max();
    }
    return std::max<std::chrono::nanoseconds>(moment_ - Clock::now(),
                                              std::chrono::nanoseconds::zero());
  }

  /// Whether the moment has passed.
  [[nodiscard]] bool expired() const noexcept {
    return remaining() == std::chrono::nanoseconds::zero();
  }

  /// The earlier of this and `timeout` from now.
  [[nodiscard]] Deadline capped(const Timeout& timeout) const noexcept {
    Deadline other(timeout);
    other.moment_ = std::min(other.moment_, moment_);
    return other;
  }

 private:
  Clock::time_point moment_ = Clock::time_point::max();
};

}  // namespace progeny::detail
