#include "support/children/child_args.hpp"
#include "support/children/trace.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Runs `call`, which has to throw ValueError with all of `words` in its message.
template <class Call>
void expect_value_error_naming(Call&& call, const std::vector<std::string>& words) {
  try {
    call();
    ADD_FAILURE() << "no ValueError";
  } catch (const progeny::ValueError& error) {
    for (const std::string& word : words) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    }
  }
}

// SP-152
TEST(Run, ReturnsArgsCodeAndCapturedOutput) {
  const sp::Args args = child("print", "out", "err", "3");
  const auto done = sp::run(args, {.std_out = sp::PIPE, .std_err = sp::PIPE});
  EXPECT_EQ(done.args.items(), args.items());
  EXPECT_EQ(done.returncode, 3);
  EXPECT_EQ(done.std_out, "out");
  EXPECT_EQ(done.std_err, "err");
}

// SP-152
TEST(Run, HasNothingForAStreamThatIsNotCaptured) {
  const auto done = sp::run(child("print", "out", ""), {.std_out = sp::PIPE});
  EXPECT_EQ(done.std_out, "out");
  EXPECT_EQ(done.std_err, std::nullopt);
}

// SP-152
TEST(Call, ReturnsTheCode) {
  EXPECT_EQ(sp::call(child("exit_with", "47")), 47);
}

// SP-153
TEST(Run, CaptureOutputFillsBoth) {
  const auto done = sp::run(child("print", "out", "err"), {.capture_output = true});
  EXPECT_EQ(done.std_out, "out");
  EXPECT_EQ(done.std_err, "err");
}

// SP-153
TEST(Run, RefusesCaptureOutputTogetherWithStdoutOrStderr) {
  const Trace trace;
  expect_value_error_naming(
      [&] { sp::run(trace.command(), {.capture_output = true, .std_out = sp::PIPE}); },
      {"capture_output", "std_out"});
  expect_value_error_naming(
      [&] { sp::run(trace.command(), {.capture_output = true, .std_out = sp::DEVNULL}); },
      {"capture_output", "std_out"});
  expect_value_error_naming(
      [&] { sp::run(trace.command(), {.capture_output = true, .std_err = sp::STDOUT}); },
      {"capture_output", "std_err"});
  EXPECT_FALSE(trace.was_left());
}

// SP-155
TEST(Run, InputMakesStdinAPipe) {
  const auto done = sp::run(child("echo_stdin"), {.input = "pear", .std_out = sp::PIPE});
  EXPECT_EQ(done.std_out, "pear");
}

// SP-155
TEST(Run, EmptyInputIsAnEmptyStdin) {
  const auto done = sp::run(child("echo_stdin"), {.input = "", .std_out = sp::PIPE});
  EXPECT_EQ(done.std_out, "");
}

// SP-155
TEST(Run, RefusesInputTogetherWithStdin) {
  const Trace trace;
  expect_value_error_naming([&] { sp::run(trace.command(), {.input = "x", .std_in = sp::PIPE}); },
                            {"std_in", "input"});
  expect_value_error_naming(
      [&] { sp::run(trace.command(), {.input = "x", .std_in = sp::DEVNULL}); },
      {"std_in", "input"});
  EXPECT_FALSE(trace.was_left());
}

// SP-155
TEST(CheckOutput, RefusesInputTogetherWithStdin) {
  expect_value_error_naming(
      [] { (void)sp::check_output(child("echo_stdin"), {.input = "x", .std_in = sp::DEVNULL}); },
      {"std_in", "input"});
}

// SP-156
TEST(Run, ReadsStdinFromAFile) {
  const TempDir dir;
  const std::string path = (dir.path() / "pear.txt").string();
  std::ofstream(path) << "pear";
  const auto done =
      sp::run(child("upper_stdin"), {.std_in = sp::read_from(path), .std_out = sp::PIPE});
  EXPECT_EQ(done.std_out, "PEAR");
  EXPECT_EQ(sp::check_output(child("upper_stdin"), {.std_in = sp::read_from(path)}), "PEAR");
}

// SP-152
TEST(Popen, RefusesWhatOnlyRunUnderstands) {
  const Trace trace;
  EXPECT_THROW(sp::Popen(trace.command(), {.input = "x"}), progeny::ValueError);
  EXPECT_THROW(sp::Popen(trace.command(), {.capture_output = true}), progeny::ValueError);
  EXPECT_THROW(sp::Popen(trace.command(), {.timeout = std::chrono::seconds(1)}),
               progeny::ValueError);
  EXPECT_THROW(sp::Popen(trace.command(), {.check = true}), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-152
TEST(Call, RefusesWhatItCannotReturn) {
  const Trace trace;
  EXPECT_THROW(sp::call(trace.command(), {.input = "x"}), progeny::ValueError);
  EXPECT_THROW(sp::call(trace.command(), {.capture_output = true}), progeny::ValueError);
  EXPECT_THROW(sp::call(trace.command(), {.check = true}), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

}  // namespace
