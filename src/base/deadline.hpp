#pragma once

// A moment on the monotonic clock at which a wait gives up, or earlier if it is asked to stop.

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>

#include <algorithm>
#include <chrono>
#include <stop_token>

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

  /// The same deadline, but once `stop` is requested no time is left. Both are borrowed: see
  /// platform/io/cancellation.hpp, which makes them. A wait for handles also waits for `wake`,
  /// which becomes readable at the request. A wait that cannot do that looks again every quarter of
  /// a second.
  [[nodiscard]] Deadline stopped_by(const std::stop_token& stop,
                                    native_handle wake) const noexcept {
    Deadline other = *this;
    other.stop_ = &stop;
    other.wake_ = wake;
    return other;
  }
  /// Whether the wait was asked to stop.
  [[nodiscard]] bool is_stopped() const noexcept {
    return stop_ != nullptr && stop_->stop_requested();
  }
  /// Readable once the wait was asked to stop; `Handle::none()` if nobody can ask.
  [[nodiscard]] native_handle wake_handle() const noexcept { return wake_; }

  /// Whether nothing can end the wait: no moment and no request.
  [[nodiscard]] bool is_never() const noexcept {
    return moment_ == Clock::time_point::max() && stop_ == nullptr;
  }

  /// The moment; the end of the clock if there is none.
  [[nodiscard]] Clock::time_point moment() const noexcept { return moment_; }

  /// The time left, never negative; the largest value if there is no moment.
  [[nodiscard]] std::chrono::nanoseconds remaining() const noexcept {
    if (is_stopped()) {
      return std::chrono::nanoseconds::zero();
    }
    if (moment_ == Clock::time_point::max()) {
      return std::chrono::nanoseconds::max();
    }
    return std::max<std::chrono::nanoseconds>(moment_ - Clock::now(),
                                              std::chrono::nanoseconds::zero());
  }

  /// Whether the moment has passed, or the wait was asked to stop.
  [[nodiscard]] bool expired() const noexcept {
    return remaining() == std::chrono::nanoseconds::zero();
  }

  /// The earlier of this and `timeout` from now. It stops as this does.
  [[nodiscard]] Deadline capped(const Timeout& timeout) const noexcept {
    return capped(Deadline(timeout));
  }
  /// The earlier of this and the moment of `other`. It stops as this does.
  [[nodiscard]] Deadline capped(const Deadline& other) const noexcept {
    Deadline earlier = *this;
    earlier.moment_ = std::min(other.moment_, moment_);
    return earlier;
  }

 private:
  Clock::time_point moment_ = Clock::time_point::max();
  const std::stop_token* stop_ = nullptr;  // Borrowed; null if nobody can ask for a stop.
  native_handle wake_ = Handle::none();
};

}  // namespace progeny::detail
