#include "support/children/child_args.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/own_pipe.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-157
TEST(CallTimeout, KillsAndReapsTheChild) {
  EXPECT_THROW(sp::call(child("pause_until_killed"), {.timeout = 50ms}), sp::TimeoutExpired);
  EXPECT_FALSE(has_child());
}

// SP-157
TEST(CheckCallTimeout, KillsAndReapsTheChild) {
  EXPECT_THROW(sp::check_call(child("pause_until_killed"), {.timeout = 50ms}), sp::TimeoutExpired);
  EXPECT_FALSE(has_child());
}

// SP-158
TEST(RunTimeout, KillsAndReapsTheChild) {
  EXPECT_THROW(sp::run(child("pause_until_killed"), {.timeout = 50ms}), sp::TimeoutExpired);
  EXPECT_FALSE(has_child());
}

// Runs a child that prints and then sleeps, with longer and longer limits until its output has
// come in time; a fixed limit would be too short on some machine.
sp::TimeoutExpired timeout_after_output(const std::function<void(sp::Options)>& run) {
  for (auto limit = 100ms;; limit *= 2) {
    try {
      run({.timeout = limit});
    } catch (const sp::TimeoutExpired& error) {
      EXPECT_EQ(error.timeout(), limit);
      if (error.output() || limit > very_long) {
        return error;
      }
    }
  }
}

// SP-158
TEST(RunTimeout, CarriesCommandLimitAndOutput) {
  const sp::Args args = child("print_then_sleep", "out", "err");
  const auto error = timeout_after_output([&](sp::Options options) {
    options.capture_output = true;
    sp::run(args, options);
  });
  EXPECT_EQ(error.cmd().items(), args.items());
  EXPECT_EQ(error.output(), "out");
  EXPECT_EQ(error.std_out(), "out");
  EXPECT_EQ(error.std_err(), "err");
  EXPECT_FALSE(has_child());
}

// SP-158
TEST(CheckOutputTimeout, CarriesTheOutput) {
  const auto error = timeout_after_output([](const sp::Options& options) {
    (void)sp::check_output(child("print_then_sleep", "BDFL", ""), options);
  });
  EXPECT_EQ(error.output(), "BDFL");
  EXPECT_EQ(error.std_err(), std::nullopt);
  EXPECT_FALSE(has_child());
}

// SP-158
TEST(RunTimeout, LongEnoughDoesNotMatter) {
  const auto done = sp::run(child("print", "out", ""), {.timeout = very_long, .std_out = sp::PIPE});
  EXPECT_EQ(done.returncode, 0);
  EXPECT_EQ(done.std_out, "out");
}

// SP-158
TEST(RunTimeout, DoesNotWaitForAGrandchildThatHoldsThePipe) {
  OwnPipe gate;  // The grandchild lives until its stdin ends.
  const auto error = timeout_after_output([&](sp::Options options) {
    options.std_in = gate.read_end;
    options.std_out = sp::PIPE;
    sp::run(child("spawn_holding_grandchild"), options);
  });
  EXPECT_TRUE(is_running(std::stoi(error.output().value_or("0"))));
  EXPECT_FALSE(has_child());
}

// SP-163
TEST(RunFailure, OfDecodingLeavesNoChildAndNoDescriptor) {
  const std::size_t before = open_descriptors();
  EXPECT_THROW(sp::run(child("print_hex", "80"), {.std_out = sp::PIPE, .text = true}),
               progeny::UnicodeDecodeError);
  EXPECT_FALSE(has_child());
  EXPECT_EQ(open_descriptors(), before);
}

// SP-163
TEST(RunFailure, OfEncodingKillsTheChild) {
  const std::size_t before = open_descriptors();
  EXPECT_THROW(sp::run(child("pause_until_killed"), {.input = "\u00e9", .encoding = "ascii"}),
               progeny::UnicodeEncodeError);
  EXPECT_FALSE(has_child());
  EXPECT_EQ(open_descriptors(), before);
}

// SP-163
TEST(RunFailure, OfACallbackKillsTheChild) {
  const std::size_t before = open_descriptors();
  const auto fail = [](std::string_view) { throw std::runtime_error("enough"); };
  EXPECT_THROW(
      sp::run(child("print_then_sleep", "out", ""), {.std_out = sp::PIPE, .on_std_out = fail}),
      std::runtime_error);
  EXPECT_FALSE(has_child());
  EXPECT_EQ(open_descriptors(), before);
}

// SP-163
TEST(CallFailure, ByCancellationKillsTheChild) {
  const std::stop_source source;
  source.request_stop();
  EXPECT_THROW(sp::call(child("pause_until_killed"), {.stop = source.get_token()}),
               sp::CancelledError);
  EXPECT_FALSE(has_child());
}

}  // namespace
