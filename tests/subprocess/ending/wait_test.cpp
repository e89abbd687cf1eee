#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <optional>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

using Clock = std::chrono::steady_clock;

// SP-127
TEST(Poll, IsNothingWhileTheChildRuns) {
  sp::Popen p(child("exit_on_eof", "0"), {.std_in = sp::PIPE});
  EXPECT_EQ(p.poll(), std::nullopt);
  EXPECT_EQ(p.poll(), std::nullopt);
  p.std_in().close();
  p.wait();
}

// SP-127
TEST(Poll, FindsTheReturnCodeOfAnEndedChild) {
  sp::Popen p(child("exit_with", "3"));
  ASSERT_TRUE(eventually([&] { return p.poll().has_value(); }));
  EXPECT_EQ(p.poll(), 3);
}

// SP-127
TEST(Poll, AndWaitRepeatTheReturnCodeForEver) {
  sp::Popen p(child("exit_with", "7"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(p.wait(), 7);
    EXPECT_EQ(p.poll(), 7);
  }
  EXPECT_EQ(p.returncode(), 7);
}

// SP-127
TEST(Returncode, StaysNothingUntilSomebodyLooks) {
  sp::Popen p(child("exit_with", "0"), {.std_out = sp::PIPE});
  ASSERT_EQ(p.std_out().read(), "");  // The child has let go of its pipe, so it is ending.
  EXPECT_EQ(p.returncode(), std::nullopt);
  EXPECT_EQ(p.wait(), 0);
  EXPECT_EQ(p.returncode(), 0);
}

// SP-128
TEST(Wait, ThrowsTimeoutExpiredThatNamesCommandAndLimit) {
  sp::Popen p(child("exit_on_eof", "0"), {.std_in = sp::PIPE});
  try {
    p.wait(100us);
    ADD_FAILURE() << "wait returned although the child runs";
  } catch (const sp::TimeoutExpired& error) {
    EXPECT_EQ(error.timeout(), 100us);
    EXPECT_EQ(error.cmd().items(), p.args().items());
    EXPECT_NE(std::string(error.what()).find("timed out after 0.0001 seconds"), std::string::npos)
        << error.what();
  }
  p.std_in().close();
  EXPECT_EQ(p.wait(), 0);
}

// SP-128
TEST(Wait, LeavesTheChildRunningWhenTheTimeIsUp) {
  sp::Popen p(child("exit_on_eof", "5"), {.std_in = sp::PIPE});
  EXPECT_THROW(p.wait(10ms), sp::TimeoutExpired);
  EXPECT_TRUE(is_running(p.pid()));
  EXPECT_EQ(p.returncode(), std::nullopt);
  p.std_in().close();
  EXPECT_EQ(p.wait(very_long), 5);
}

// SP-129
TEST(Wait, WithZeroOrLessLooksOnceAtARunningChild) {
  sp::Popen p(child("exit_on_eof", "0"), {.std_in = sp::PIPE});
  const auto start = Clock::now();
  EXPECT_THROW(p.wait(0s), sp::TimeoutExpired);
  EXPECT_THROW(p.wait(-1s), sp::TimeoutExpired);
  EXPECT_THROW(p.wait(std::chrono::nanoseconds::min()), sp::TimeoutExpired);
  EXPECT_LT(Clock::now() - start, 10s);
  p.std_in().close();
  p.wait();
}

// SP-129
TEST(Wait, WithZeroOrLessReturnsTheCodeOfAnEndedChild) {
  for (const auto limit : {0s, -1s}) {
    sp::Popen p(child("exit_with", "4"));
    ASSERT_TRUE(await_end(p.pid()));
    EXPECT_EQ(p.wait(limit), 4);
  }
}

// SP-130
TEST(Wait, TakesHugeLimitsAsLong) {
  EXPECT_EQ(sp::Popen(child("exit_with", "1")).wait(std::chrono::nanoseconds::max()), 1);
  EXPECT_EQ(sp::Popen(child("exit_with", "1")).wait(std::chrono::hours::max()), 1);
  EXPECT_EQ(sp::Popen(child("exit_with", "1")).wait(std::chrono::duration<double>(1e10)), 1);
  EXPECT_EQ(sp::Popen(child("exit_with", "1"))
                .wait(std::chrono::duration<double>(std::numeric_limits<double>::infinity())),
            1);
}

// SP-130
TEST(Wait, UsesNoProcessorTimeUnderAHugeLimit) {
  sp::Popen p(child("exit_after_ms", "400", "0"));
  const auto before = processor_time();
  EXPECT_EQ(p.wait(std::chrono::hours::max()), 0);
  EXPECT_LT(processor_time() - before, 200ms);
}

// SP-131
TEST(Wait, UsesNoProcessorTimeUnderALimit) {
  sp::Popen p(child("exit_on_eof", "0"), {.std_in = sp::PIPE});
  const auto before = processor_time();
  EXPECT_THROW(p.wait(400ms), sp::TimeoutExpired);
  EXPECT_LT(processor_time() - before, 200ms);
  p.std_in().close();
  p.wait();
}

// SP-131
TEST(Wait, ReturnsLongBeforeTheLimitWhenTheChildEnds) {
  sp::Popen p(child("exit_after_ms", "50", "6"));
  const auto start = Clock::now();
  EXPECT_EQ(p.wait(1h), 6);
  EXPECT_LT(Clock::now() - start, very_long);
}

// SP-131
TEST(Wait, DoesNotReturnBeforeTheLimit) {
  sp::Popen p(child("exit_on_eof", "0"), {.std_in = sp::PIPE});
  const auto start = Clock::now();
  EXPECT_THROW(p.wait(150ms), sp::TimeoutExpired);
  EXPECT_GE(Clock::now() - start, 150ms);
  p.std_in().close();
  p.wait();
}

// SP-138
TEST(Wait, DoesNotDrainThePipes) {
  const std::size_t size = 4U << 20U;
  sp::Popen p(child("print_pattern", std::to_string(size)), {.std_out = sp::PIPE});
  EXPECT_THROW(p.wait(300ms), sp::TimeoutExpired);
  const sp::Output output = p.communicate();
  EXPECT_TRUE(output.std_out == pattern(size));
  EXPECT_EQ(p.returncode(), 0);
}

}  // namespace
