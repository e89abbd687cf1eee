#include "support/children/child_args.hpp"
#include "support/faults/called_process_error.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <type_traits>
#include <utility>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-154
TEST(Check, ThrowsWithCommandCodeAndOutput) {
  const sp::Args args = child("print", "out", "err", "47");
  const auto error =
      called_process_error([&] { sp::run(args, {.capture_output = true, .check = true}); });
  EXPECT_EQ(error.cmd().items(), args.items());
  EXPECT_EQ(error.returncode(), 47);
  EXPECT_EQ(error.output(), "out");
  EXPECT_EQ(error.std_out(), "out");
  EXPECT_EQ(error.std_err(), "err");
}

// SP-154
TEST(Check, AcceptsZero) {
  EXPECT_EQ(sp::run(child("exit_with", "0"), {.check = true}).returncode, 0);
}

// SP-154
TEST(CheckReturncode, DoesTheSameLater) {
  const auto failed = sp::run(child("print", "out", "err", "2"), {.capture_output = true});
  const auto error = called_process_error([&] { failed.check_returncode(); });
  EXPECT_EQ(error.returncode(), 2);
  EXPECT_EQ(error.output(), "out");
  EXPECT_EQ(error.std_err(), "err");
  EXPECT_NO_THROW(sp::run(child("exit_with", "0")).check_returncode());
}

// SP-160
TEST(CheckCall, ReturnsZeroOrThrows) {
  EXPECT_EQ(sp::check_call(child("exit_with", "0")), 0);
  EXPECT_EQ(called_process_error([] { sp::check_call(child("exit_with", "47")); }).returncode(),
            47);
}

// SP-160
TEST(CheckOutput, ReturnsStdout) {
  EXPECT_EQ(sp::check_output(child("print", "BDFL", "")), "BDFL");
}

// SP-160
TEST(CheckOutput, ThrowsWithTheOutput) {
  const auto error =
      called_process_error([] { (void)sp::check_output(child("print", "partial", "", "5")); });
  EXPECT_EQ(error.returncode(), 5);
  EXPECT_EQ(error.output(), "partial");
}

// SP-160
TEST(CheckOutput, MayMergeStderr) {
  EXPECT_EQ(sp::check_output(child("print", "out", "err"), {.std_err = sp::STDOUT}), "outerr");
}

// SP-160
TEST(CheckOutput, FeedsInput) {
  EXPECT_EQ(sp::check_output(child("upper_stdin"), {.input = "pear"}), "PEAR");
}

// SP-161
TEST(CheckOutput, RefusesStdoutCaptureOutputAndCheck) {
  for (const auto& [name, options] : {
           std::pair<std::string, sp::Options>{"std_out", {.std_out = sp::PIPE}},
           {"capture_output", {.capture_output = true}},
           {"check", {.check = true}},
       }) {
    try {
      (void)sp::check_output(child("exit_with", "0"), options);
      ADD_FAILURE() << name << " was accepted";
    } catch (const progeny::ValueError& error) {
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }
}

// SP-164
static_assert(std::is_base_of_v<sp::SubprocessError, sp::CalledProcessError>);
static_assert(std::is_base_of_v<sp::SubprocessError, sp::TimeoutExpired>);
static_assert(std::is_base_of_v<sp::SubprocessError, sp::CancelledError>);
static_assert(!std::is_base_of_v<sp::SubprocessError, progeny::OSError>);

// SP-164
TEST(ErrorMessages, NameTheExitStatus) {
  EXPECT_STREQ(sp::CalledProcessError(2, {"sort", "-n"}).what(),
               "Command '['sort', '-n']' returned non-zero exit status 2.");
  EXPECT_STREQ(sp::CalledProcessError(1, "sort -n").what(),
               "Command 'sort -n' returned non-zero exit status 1.");
}

// SP-164
TEST(ErrorMessages, NameCommandAndLimit) {
  EXPECT_STREQ(sp::TimeoutExpired({"sleep", "60"}, 10s).what(),
               "Command '['sleep', '60']' timed out after 10 seconds");
  EXPECT_STREQ(sp::TimeoutExpired("notepad.exe", 100us).what(),
               "Command 'notepad.exe' timed out after 0.0001 seconds");
}

}  // namespace
