#include "base/deadline.hpp"

#include <progeny/base/timeout.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace {

using namespace std::chrono_literals;
using progeny::seconds_text;
using progeny::Timeout;
using progeny::detail::Deadline;

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
