#include "support/children/child_args.hpp"
#include "support/children/endings.hpp"
#include "support/faults/broken_pipe.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

std::string mebibyte() {
  // NOLINTNEXTLINE(modernize-return-braced-init-list): braces would list two characters.
  return std::string(1U << 20U, 'x');
}

// SP-110
TEST(BrokenPipe, AChildThatReadsNoInputIsNoError) {
  expect_default_sigpipe();
  sp::Popen p(child("exit_with", "3"), all_pipes());
  const sp::Output output = p.communicate(mebibyte());
  EXPECT_EQ(output.std_out, "");
  EXPECT_EQ(p.returncode(), 3);
}

// SP-110
TEST(BrokenPipe, WithStdinAsTheOnlyPipeIsNoError) {
  expect_default_sigpipe();
  sp::Popen p(child("exit_with", "3"), {.std_in = sp::PIPE});
  p.communicate(mebibyte());
  EXPECT_EQ(p.returncode(), 3);
}

// SP-110
TEST(BrokenPipe, AChildThatHadEndedBeforeTheCallIsNoError) {
  expect_default_sigpipe();
  sp::Popen only_stdin(child("exit_with", "3"), {.std_in = sp::PIPE});
  ASSERT_TRUE(await_end(only_stdin.pid()));
  only_stdin.communicate(mebibyte());
  EXPECT_EQ(only_stdin.returncode(), 3);

  sp::Popen all(child("exit_with", "4"), all_pipes());
  EXPECT_EQ(all.wait(), 4);
  EXPECT_EQ(all.communicate(mebibyte()).std_err, "");
}

// SP-110
TEST(BrokenPipe, RunReturnsTheCodeOfAChildThatReadsNoInput) {
  expect_default_sigpipe();
  const auto done =
      sp::run(child("print", "out", "err", "5"), {.input = mebibyte(), .capture_output = true});
  EXPECT_EQ(done.returncode, 5);
  EXPECT_EQ(done.std_out, "out");
  EXPECT_EQ(done.std_err, "err");
}

// SP-111
TEST(BrokenPipe, WhileWritingStillCollectsTheOutput) {
  expect_default_sigpipe();
  sp::Popen p(child("close_stdin_and_print", "out", "err"), all_pipes());
  const sp::Output output = p.communicate(mebibyte());
  EXPECT_EQ(output.std_out, "out");
  EXPECT_EQ(output.std_err, "err");
  EXPECT_EQ(p.returncode(), 0);
}

// SP-111
TEST(BrokenPipe, WhileFlushingStillCollectsTheOutput) {
  expect_default_sigpipe();
  sp::Popen p(child("close_stdin_and_print", "out", "err"), all_pipes());
  p.std_in().write("stays in the buffer");
  ASSERT_TRUE(await_end(p.pid()));
  const sp::Output output = p.communicate();
  EXPECT_EQ(output.std_out, "out");
  EXPECT_EQ(output.std_err, "err");
}

// SP-111
TEST(BrokenPipe, WhileFlushingTheOnlyPipeIsNoError) {
  expect_default_sigpipe();
  sp::Popen p(child("exit_with", "2"), {.std_in = sp::PIPE});
  p.std_in().write("stays in the buffer");
  ASSERT_TRUE(await_end(p.pid()));
  EXPECT_NO_THROW(p.communicate());
  EXPECT_EQ(p.returncode(), 2);
}

// SP-111
TEST(BrokenPipe, UnderATimeoutStillCollectsTheOutput) {
  expect_default_sigpipe();
  sp::Popen p(child("close_stdin_and_print", "out", "err"), all_pipes());
  p.std_in().write("stays in the buffer");
  const sp::Output output = p.communicate(mebibyte(), very_long);
  EXPECT_EQ(output.std_out, "out");
  EXPECT_EQ(output.std_err, "err");
}

// SP-111
TEST(BrokenPipe, BetweenTwoCallsStillCollectsTheOutput) {
  expect_default_sigpipe();
  sp::Popen p(child("pause_until_killed"), all_pipes());
  EXPECT_THROW(p.communicate(mebibyte(), 20ms), sp::TimeoutExpired);
  p.kill();
  ASSERT_TRUE(await_end(p.pid()));
  EXPECT_EQ(p.communicate().std_out, "");
  EXPECT_EQ(p.returncode(), returncode_of_kill());
}

// SP-111
TEST(BrokenPipe, InTextModeIsNoErrorEither) {
  expect_default_sigpipe();
  sp::Options options = all_pipes();
  options.text = true;
  sp::Popen p(child("close_stdin_and_print", "out", "err"), options);
  const sp::Output output = p.communicate(mebibyte());
  EXPECT_EQ(output.std_out, "out");
  EXPECT_EQ(output.std_err, "err");
}

}  // namespace
