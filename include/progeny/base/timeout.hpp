#pragma once

// How long a call may block: any `std::chrono` duration, or no limit.

#include <progeny/detail/durations.hpp>
#include <progeny/detail/never.hpp>
#include <progeny/export.hpp>

#include <ratio>
#include <string>
#include <type_traits>

namespace progeny {

/// The longest time that a call may block, counted from the call on a monotonic clock.
///
/// Made from every duration: `5s`, `250ms`, `std::chrono::duration<double>(0.1)`. Zero and negative
/// values mean "look once, do not wait", and so do negative infinity and what is not a number.
/// Values beyond 292 years, and infinity, mean no limit. No value overflows.
///
/// - Python: the `timeout` arguments. `None` is a default-constructed `Timeout`.
class Timeout {
 public:
  /// No limit.
  constexpr Timeout() noexcept = default;

  /// At most `duration`, of any unit, also of a floating-point type.
  template <class Rep, class Period>
  // NOLINTNEXTLINE(google-explicit-constructor): `wait(5s)` is the point.
  constexpr Timeout(std::chrono::duration<Rep, Period> duration) noexcept
      : limited_(true), limit_(saturate(duration)) {}

  /// A number without a unit: does not compile, and says what to write.
  template <class Number>
    requires std::is_arithmetic_v<Number>
  // NOLINTNEXTLINE(google-explicit-constructor): `.timeout = 5` is to arrive here.
  constexpr Timeout(Number /*number*/) noexcept {
    static_assert(detail::never<Number>,
                  "a time needs a unit: write 5s or 100ms (using namespace std::chrono_literals)");
  }
  /// Whether there is a limit at all.
  [[nodiscard]] constexpr bool limited() const noexcept { return limited_; }

  /// The limit; the largest value if there is none, or if the duration was larger than that.
  [[nodiscard]] constexpr std::chrono::nanoseconds limit() const noexcept { return limit_; }

 private:
  // In whole seconds, so that the limits are exact in every floating-point type.
  static constexpr long double most_seconds = 9223372036.0L;

  template <class Rep, class Period>
  static constexpr std::chrono::nanoseconds saturate(
      std::chrono::duration<Rep, Period> duration) noexcept {
    using std::chrono::nanoseconds;
    using ToNano = std::ratio_divide<Period, std::nano>;
    const auto seconds = std::chrono::duration<long double>(duration).count();
    if (seconds >= most_seconds) {
      return nanoseconds::max();
    }
    if (seconds <= -most_seconds) {
      return nanoseconds::min();
    }
    if (!(seconds < most_seconds)) {  // Not a number.
      return nanoseconds::zero();
    }
    if constexpr (std::is_floating_point_v<Rep> || (ToNano::num != 1 && ToNano::den != 1)) {
      // std::chrono would multiply whole numbers first, and overflow.
      return nanoseconds(
          static_cast<nanoseconds::rep>(seconds * 1e9L + (seconds < 0 ? -0.5L : 0.5L)));
    } else {
      return std::chrono::duration_cast<nanoseconds>(duration);
    }
  }

  bool limited_ = false;
  std::chrono::nanoseconds limit_ = std::chrono::nanoseconds::max();
};

namespace detail {

/// Python's pair of arguments `block` and `timeout` in one: without `block`, look once.
[[nodiscard]] constexpr Timeout timeout_if(bool block, const Timeout& timeout) noexcept {
  return block ? timeout : Timeout(std::chrono::nanoseconds::zero());
}

/// The time from now until a moment of any clock: zero if it has passed, no limit if it is farther
/// away than a duration can say.
template <class Clock, class Duration>
[[nodiscard]] Timeout timeout_until(const std::chrono::time_point<Clock, Duration>& moment) {
  using std::chrono::nanoseconds;
  const nanoseconds end = Timeout(moment.time_since_epoch()).limit();
  const nanoseconds now = Timeout(Clock::now().time_since_epoch()).limit();
  if (end <= now) {
    return nanoseconds::zero();
  }
  // A difference can only overflow from below zero to above it.
  return now < nanoseconds::zero() && end > nanoseconds::max() + now ? nanoseconds::max()
                                                                     : end - now;
}

}  // namespace detail

/// `duration` as Python prints a number of seconds: `10`, `0.5`, `0.0001`.
[[nodiscard]] PROGENY_EXPORT std::string seconds_text(std::chrono::nanoseconds duration);

}  // namespace progeny
