// Signals and rusage of children.

#include "support/children/child_args.hpp"

#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

namespace progeny::subprocess {

namespace {

TEST(EndingBySignal, HasANumberAndAName) {
  Popen killed(testing::child("pause_until_killed"));
  killed.send_signal(SIGKILL);
  killed.wait();
  ASSERT_TRUE(killed.ending());
  EXPECT_EQ(killed.ending()->signal(), SIGKILL);
  EXPECT_EQ(killed.ending()->signal_name(), "SIGKILL");
}

TEST(EndingUsage, CountsTheTimeOfAProcessor) {
  const CompletedProcess done =
      run({"sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"});
  const Usage& usage = done.ending.usage;
  EXPECT_GT((usage.user + usage.system).count(), 1'000);
  EXPECT_GT(usage.minor_faults, 0U);
  EXPECT_GE(done.ending.wall_time, std::chrono::nanoseconds(0));
}

}  // namespace

}  // namespace progeny::subprocess
