#include "base/deadline.hpp"

#include <progeny/base/timeout.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>

namespace {

using namespace std::chrono_literals;
using progeny::seconds_text;
using progeny::Timeout;
using progeny::detail::Deadline;
using progeny::detail::timeout_until;

TEST(Timeout, HasNoLimitByDefault) {
  EXPECT_FALSE(Timeout().limited());
  EXPECT_TRUE(Deadline().is_never());
}

TEST(Timeout, TakesEveryUnit) {
  EXPECT_EQ(Timeout(2s).limit(), 2s);
  EXPECT_EQ(Timeout(std::chrono::duration<double>(0.25)).limit(), 250ms);
}

// SP-130
TEST(Timeout, SaturatesInsteadOfOverflowing) {
  EXPECT_EQ(Timeout(std::chrono::hours::max()).limit(), std::chrono::nanoseconds::max());
  EXPECT_EQ(Timeout(std::chrono::hours::min()).limit(), std::chrono::nanoseconds::min());
  const std::chrono::duration<double> infinity(std::numeric_limits<double>::infinity());
  EXPECT_EQ(Timeout(infinity).limit(), std::chrono::nanoseconds::max());
  EXPECT_TRUE(Deadline(infinity).is_never());
}

// D2
TEST(Timeout, OfWhatIsNotANumberLooksOnce) {
  const std::chrono::duration<double> none(std::numeric_limits<double>::quiet_NaN());
  EXPECT_TRUE(Timeout(none).limited());
  EXPECT_EQ(Timeout(none).limit(), 0ns);
  EXPECT_EQ(
      Timeout(-std::chrono::duration<double>(std::numeric_limits<double>::infinity())).limit(),
      std::chrono::nanoseconds::min());
}

// D2: std::chrono would overflow on the way.
TEST(Timeout, TakesUnitsThatAreNoMultipleOfANanosecond) {
  using Thirds = std::chrono::duration<std::int64_t, std::ratio<1, 3>>;
  EXPECT_EQ(Timeout(Thirds(6'000'000'000)).limit(), 2'000'000'000s);
  EXPECT_EQ(Timeout(Thirds::max()).limit(), std::chrono::nanoseconds::max());
  EXPECT_EQ(Timeout(std::chrono::duration<float>(0.5F)).limit(), 500ms);
  EXPECT_EQ(Timeout(std::chrono::duration<double>(0.3)).limit(), 300ms);
  EXPECT_EQ(Timeout(std::chrono::duration<unsigned char>(200)).limit(), 200s);
}

// D2
template <class Clock>
void expect_moments_to_saturate() {
  using Point = typename Clock::time_point;
  EXPECT_EQ(timeout_until(Point::min()).limit(), 0ns);
  EXPECT_EQ(timeout_until(Point()).limit(), 0ns);
  EXPECT_EQ(timeout_until(Clock::now() - 1ns).limit(), 0ns);
  EXPECT_GT(timeout_until(Clock::now() + 1h).limit(), 59min);
  EXPECT_GT(timeout_until(Point::max()).limit(), 24h * 365 * 100);
  using Rough = std::chrono::time_point<Clock, std::chrono::hours>;
  EXPECT_EQ(timeout_until(Rough::min()).limit(), 0ns);
  EXPECT_GT(timeout_until(Rough::max()).limit(), 24h * 365 * 100);
  using Floating = std::chrono::time_point<Clock, std::chrono::duration<double>>;
  const std::chrono::duration<double> none(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(timeout_until(Floating(none)).limit(), 0ns);
}

TEST(TimeoutUntil, SaturatesWithEveryClock) {
  expect_moments_to_saturate<std::chrono::steady_clock>();
  expect_moments_to_saturate<std::chrono::system_clock>();
}

// Its epoch lies ahead: every moment of now is negative.
struct Countdown {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Countdown>;
  static constexpr bool is_steady = true;
  static time_point now() { return time_point(-1000h); }
};

TEST(TimeoutUntil, DoesNotOverflowFromBeforeTheEpoch) {
  EXPECT_EQ(timeout_until(Countdown::time_point::max()).limit(), std::chrono::nanoseconds::max());
  EXPECT_EQ(timeout_until(Countdown::time_point::min()).limit(), 0ns);
  EXPECT_EQ(timeout_until(Countdown::time_point()).limit(), 1000h);
}

// SP-129
TEST(Deadline, OfANegativeTimeoutHasPassed) {
  EXPECT_TRUE(Deadline(Timeout(-5s)).expired());
  EXPECT_EQ(Deadline(Timeout(-5s)).remaining(), 0ns);
}

TEST(Deadline, IsCappedByTheEarlierOne) {
  EXPECT_TRUE(Deadline().capped(Timeout(0s)).expired());
  EXPECT_TRUE(Deadline(Timeout(0s)).capped(Timeout()).expired());
}

TEST(SecondsText, ReadsAsInPython) {
  EXPECT_EQ(seconds_text(10s), "10");
  EXPECT_EQ(seconds_text(500ms), "0.5");
  EXPECT_EQ(seconds_text(100us), "0.0001");
}

}  // namespace
