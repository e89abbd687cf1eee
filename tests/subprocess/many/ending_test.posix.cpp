// Signals and rusage of children. Under Wine an ended process has no memory counters.

#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

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

TEST(EndingTest, TellsWhatAChildTook) {
  const CompletedProcess done = run(testing::child("print_pattern", "1000000"), {.std_out = PIPE});
  EXPECT_EQ(done.ending.returncode, 0);
  EXPECT_FALSE(done.ending.signal());
  EXPECT_EQ(done.ending.signal_name(), "");
  EXPECT_GT(done.ending.usage.most_memory, 100'000U);
  EXPECT_GT(done.ending.wall_time.count(), 0);
  Popen running(testing::child("exit_on_eof", "0"),
                {.std_in = PIPE, .at_scope_exit = AtScopeExit::kill});
  EXPECT_FALSE(running.ending());
  running.kill();
  running.wait(testing::very_long);
  ASSERT_TRUE(running.ending());
  EXPECT_EQ(running.ending()->returncode, running.returncode());
  EXPECT_FALSE(running.ending()->is_lost);
}

}  // namespace

}  // namespace progeny::subprocess
