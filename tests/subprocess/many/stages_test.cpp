// Pipelines of programs.

#include "support/children/child_args.hpp"
#include "support/children/endings.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess.hpp>
#include <progeny/subprocess/pipeline.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

namespace progeny::subprocess {

namespace {

using namespace std::chrono_literals;
using testing::child;
using testing::very_long;

TEST(Stages, EachReadsWhatTheOneBeforeItWrites) {
  Pipeline line = pipeline({child("echo_stdin"), child("upper_stdin"), child("echo_stdin")},
                           {.std_in = PIPE, .std_out = PIPE});
  const CompletedPipeline done = line.communicate("zxcvbnm", very_long);
  EXPECT_EQ(done.std_out(), "ZXCVBNM");
  ASSERT_EQ(done.stages.size(), 3U);
  EXPECT_FALSE(done.stages[0].std_out);
  EXPECT_EQ(done.returncode(), 0);
  EXPECT_NO_THROW(done.check_returncode());
  EXPECT_EQ(line.poll(), 0);
}

TEST(Stages, AreWrittenWithBars) {
  const Commands commands =
      Cmd(child("print", "a", "")) | Cmd(child("upper_stdin")) | Cmd(child("echo_stdin"));
  EXPECT_EQ(commands.all().size(), 3U);
  EXPECT_EQ(run_pipeline(commands, {.std_out = PIPE}).std_out(), "A");
}

TEST(Stages, MoveMoreThanTheirPipesHold) {
  const std::string input(3'000'000, 'x');
  const auto done = run_pipeline({child("echo_stdin"), child("upper_stdin")},
                                 {.input = input, .capture_output = true});
  EXPECT_EQ(done.std_out(), std::string(3'000'000, 'X'));
  EXPECT_EQ(done.stages[0].std_err, "");
}

TEST(Stages, TheLastFailureIsTheResult) {
  const auto done = run_pipeline(
      {child("exit_with", "3"), child("exit_with", "4"), child("echo_stdin")}, {.std_out = PIPE});
  EXPECT_EQ(done.stages[0].returncode, 3);
  EXPECT_EQ(done.returncode(), 4);
  try {
    done.check_returncode();
    FAIL();
  } catch (const CalledProcessError& error) {
    EXPECT_EQ(error.returncode(), 4);
  }
  EXPECT_THROW(run_pipeline({child("exit_with", "3"), child("echo_stdin")},
                            {.check = true, .std_out = DEVNULL}),
               CalledProcessError);
}

TEST(Stages, ThatCannotBeStartedEndTheOthers) {
  EXPECT_THROW(pipeline({child("pause_until_killed"), {"/no/such/program"}}), OSError);
  EXPECT_FALSE(testing::has_child());
  const Commands none(std::vector<Args>{});
  EXPECT_THROW(static_cast<void>(pipeline(none)), ValueError);
}

TEST(Stages, TimeOutTogetherAndGoOn) {
  Pipeline line = pipeline({child("echo_stdin"), child("echo_stdin")},
                           {.std_in = PIPE, .std_out = PIPE, .at_scope_exit = AtScopeExit::kill});
  EXPECT_THROW(line.wait(10ms), TimeoutExpired);
  EXPECT_FALSE(line.poll());
  line.std_in().write("x");
  line.std_in().close();
  EXPECT_EQ(line.std_out().read(), "x");
  EXPECT_EQ(line.wait(very_long), 0);
}

TEST(Stages, AreKilledByATimeOutOfRun) {
  EXPECT_THROW(run_pipeline({child("pause_until_killed"), child("echo_stdin")},
                            {.timeout = 10ms, .std_out = PIPE}),
               TimeoutExpired);
  EXPECT_FALSE(testing::has_child());
}

// The caller's limit, and what the last one has written until then.
TEST(Stages, ThatTimeOutTellWhatCameSoFar) {
  Pipeline line = pipeline({child("pause_until_killed"), child("print_then_sleep", "partial", "")},
                           {.std_out = PIPE, .at_scope_exit = AtScopeExit::kill});
  std::optional<std::string> output;
  while (output != "partial") {
    try {
      line.communicate({}, 20ms);
      FAIL() << "no time-out";
    } catch (const TimeoutExpired& error) {
      EXPECT_EQ(error.timeout(), 20ms);
      output = error.output();
    }
  }
}

TEST(Stages, HaveOneStopForAll) {
  std::stop_source source;
  source.request_stop();
  EXPECT_THROW(run_pipeline({child("pause_until_killed"), child("echo_stdin")},
                            {.std_out = PIPE, .stop = source.get_token()}),
               CancelledError);
  EXPECT_FALSE(testing::has_child());
}

TEST(Stages, AreEndedByOneCall) {
  Pipeline line =
      pipeline({child("pause_until_killed"), child("echo_stdin")}, {.std_out = DEVNULL});
  line.kill();
  EXPECT_NE(line.wait(very_long), 0);
  EXPECT_NO_THROW(line.terminate());
}

}  // namespace

}  // namespace progeny::subprocess
