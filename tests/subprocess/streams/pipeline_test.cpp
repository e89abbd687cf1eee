#include "support/children/child_args.hpp"
#include "support/children/endings.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Sends `input` through two children that are linked by a pipe, and returns what comes out.
std::string through_two(const std::string& input, bool close_fds) {
  sp::Popen first(child("echo_stdin"),
                  {.std_in = sp::PIPE, .std_out = sp::PIPE, .close_fds = close_fds});
  sp::Popen second(child("upper_stdin"),
                   {.std_in = first.std_out(), .std_out = sp::PIPE, .close_fds = close_fds});
  // The second child has its own copy; with ours open the first would never see a broken pipe.
  first.std_out().close();
  first.std_in().write(input);
  first.std_in().close();
  const std::string output = second.communicate().std_out.value_or("nothing captured");
  EXPECT_EQ(first.wait(very_long), 0);
  EXPECT_EQ(second.returncode(), 0);
  return output;
}

// SP-211
TEST(Pipeline, PassesOneChildsOutputToTheNext) {
  EXPECT_EQ(through_two("zxcvbnm", true), "ZXCVBNM");
}

// SP-211
TEST(Pipeline, EndsWithInheritableDescriptorsLeftOpenToo) {
  EXPECT_EQ(through_two("zxcvbnm", false), "ZXCVBNM");
}

// SP-211
TEST(Pipeline, TheFirstStageSeesThatTheSecondIsGone) {
  sp::Popen first(child("print_pattern", "10000000"), {.std_out = sp::PIPE});
  sp::Popen second(child("exit_with", "0"), {.std_in = first.std_out()});
  first.std_out().close();
  EXPECT_EQ(second.wait(), 0);
  EXPECT_EQ(first.wait(very_long), returncode_of_broken_pipe());
}

// SP-211
TEST(Pipeline, LeavesTheStreamThatWasPassedOpen) {
  sp::Popen first(child("print", "for me", ""), {.std_out = sp::PIPE});
  sp::Popen second(child("exit_with", "0"), {.std_in = first.std_out()});
  EXPECT_EQ(second.wait(), 0);
  EXPECT_EQ(first.std_out().read(), "for me");
  EXPECT_EQ(first.wait(), 0);
}

// SP-213
TEST(Pipeline, EachStageHasItsOwnReturnCode) {
  sp::Popen first(child("print", "out", "", "3"), {.std_out = sp::PIPE});
  sp::Popen second(child("exit_on_eof", "4"), {.std_in = first.std_out()});
  first.std_out().close();
  second.communicate();
  EXPECT_EQ(second.returncode(), 4);
  EXPECT_EQ(first.wait(), 3);
}

// SP-213
TEST(Pipeline, CommunicateOnTheLastStageWaitsForThatStageOnly) {
  sp::Popen first(child("close_stdout_and_sleep"), {.std_out = sp::PIPE});
  sp::Popen second(child("echo_stdin"), {.std_in = first.std_out(), .std_out = sp::PIPE});
  first.std_out().close();
  EXPECT_EQ(second.communicate().std_out, "");
  EXPECT_EQ(first.poll(), std::nullopt);
  first.kill();
  EXPECT_EQ(first.wait(), returncode_of_kill());
}

}  // namespace
