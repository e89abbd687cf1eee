#include "support/children/child_args.hpp"
#include "support/children/endings.hpp"
#include "support/children/go.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Calls communicate with short limits until it has seen `size` bytes of stdout in the exception,
// and returns them.
std::string partial_output(sp::Popen& p, std::size_t size) {
  std::string seen;
  const bool enough = eventually([&] {
    try {
      p.communicate({}, 20ms);
      ADD_FAILURE() << "communicate finished although the child waits";
      return true;
    } catch (const sp::TimeoutExpired& error) {
      seen = error.output().value_or("");
      return seen.size() >= size;
    }
  });
  EXPECT_TRUE(enough);
  return seen;
}

// SP-114
TEST(CommunicateTimeout, LosesNothing) {
  sp::Popen p(child("print_wait_go_print", "pineapple\n", "pear\n", "echo"), all_pipes());
  EXPECT_EQ(p.std_err().readline(), "ready\n");
  EXPECT_THROW(p.communicate("banana", 20ms), sp::TimeoutExpired);
  EXPECT_EQ(p.poll(), std::nullopt);
  send_go(p);
  const sp::Output output = p.communicate();
  EXPECT_EQ(output.std_out, "pineapple\npear\n");
  EXPECT_EQ(output.std_err, "banana");
  EXPECT_EQ(p.returncode(), 0);
}

// SP-115
TEST(CommunicateTimeout, SendsTheRestOfTheInputLater) {
  const std::string input = pattern(300'000);
  for (const auto limit : {0ms, 50ms}) {
    sp::Popen p(child("wait_go_echo"), all_pipes());
    ASSERT_EQ(p.std_err().readline(), "ready\n");
    EXPECT_THROW(p.communicate(input, limit), sp::TimeoutExpired);
    EXPECT_THROW(p.communicate({}, limit), sp::TimeoutExpired);
    send_go(p);
    EXPECT_TRUE(p.communicate().std_out == input);
    EXPECT_EQ(p.returncode(), 0);
  }
}

// SP-115
TEST(CommunicateTimeout, KeepsTheInputWhenTheCallersCopyIsGone) {
  sp::Popen p(child("wait_go_echo"), all_pipes());
  ASSERT_EQ(p.std_err().readline(), "ready\n");
  auto input = std::make_unique<std::string>(pattern(300'000));
  EXPECT_THROW(p.communicate(*input, 0s), sp::TimeoutExpired);
  input->assign(input->size(), '?');
  input.reset();
  send_go(p);
  EXPECT_TRUE(p.communicate().std_out == pattern(300'000));
}

// SP-116
TEST(CommunicateTimeout, CarriesTheOutputSoFar) {
  sp::Popen p(child("print_wait_go_print", "BDFL", "!"),
              {.std_out = sp::PIPE, .std_err = sp::PIPE});
  ASSERT_EQ(p.std_err().readline(), "ready\n");
  EXPECT_EQ(partial_output(p, 4), "BDFL");
  send_go(p);
  EXPECT_EQ(p.communicate().std_out, "BDFL!");
}

// SP-116
TEST(CommunicateTimeout, CarriesNothingForASilentStream) {
  sp::Popen p(child("pause_until_killed"), {.std_out = sp::PIPE, .std_err = sp::PIPE});
  try {
    p.communicate({}, 20ms);
    ADD_FAILURE() << "communicate finished although the child runs";
  } catch (const sp::TimeoutExpired& error) {
    EXPECT_EQ(error.output(), std::nullopt);
    EXPECT_EQ(error.std_out(), std::nullopt);
    EXPECT_EQ(error.std_err(), std::nullopt);
  }
  p.kill();
  p.wait();
}

// SP-116
TEST(CommunicateTimeout, AmidMuchOutputLosesNothing) {
  const std::string block = pattern(65536);
  sp::Popen p(child("print_pattern_wait_go_twice", "65536"),
              {.std_out = sp::PIPE, .std_err = sp::PIPE});
  ASSERT_EQ(p.std_err().readline(), "ready\n");
  EXPECT_TRUE(partial_output(p, 65536) == block);
  send_go(p);
  EXPECT_TRUE(partial_output(p, 131072) == block + block);
  send_go(p);
  EXPECT_TRUE(p.communicate().std_out == block + block + block);
}

// SP-118
TEST(CommunicateTimeout, RepeatsWhileAChildRunsThatClosedItsOutput) {
  sp::Popen p(child("close_stdout_and_sleep"), {.std_out = sp::PIPE});
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(p.communicate({}, 50ms), sp::TimeoutExpired);
  }
  p.terminate();
  const sp::Output output = p.communicate();
  EXPECT_EQ(output.std_out, "");
  EXPECT_EQ(output.std_err, std::nullopt);
  EXPECT_EQ(p.returncode(), returncode_of_terminate());
}

// SP-119
TEST(CommunicateTimeout, CoversTheWaitAfterEndOfFileAndNamesTheCallersLimit) {
  sp::Popen p(child("close_stdout_and_sleep"), {.std_out = sp::PIPE});
  EXPECT_EQ(p.std_out().read(), "");
  const auto start = std::chrono::steady_clock::now();
  try {
    p.communicate({}, 150ms);
    ADD_FAILURE() << "communicate finished although the child runs";
  } catch (const sp::TimeoutExpired& error) {
    EXPECT_EQ(error.timeout(), 150ms);
  }
  EXPECT_GE(std::chrono::steady_clock::now() - start, 150ms);
  p.kill();
  p.wait();
}

// SP-125
TEST(CommunicateTimeout, ZeroOrLessExpiresAtOnceOnARunningChild) {
  sp::Popen p(child("print_wait_go_print", "a", "b"), {.std_out = sp::PIPE, .std_err = sp::PIPE});
  ASSERT_EQ(p.std_err().readline(), "ready\n");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(p.communicate({}, 0s), sp::TimeoutExpired);
  EXPECT_THROW(p.communicate({}, -5s), sp::TimeoutExpired);
  EXPECT_LT(std::chrono::steady_clock::now() - start, very_long);
  send_go(p);
  EXPECT_EQ(p.communicate().std_out, "ab");
}

// SP-125
TEST(CommunicateTimeout, ZeroIsEnoughForAChildThatIsDone) {
  sp::Popen p(child("print", "done", ""), {.std_out = sp::PIPE});
  ASSERT_TRUE(await_end(p.pid()));
  EXPECT_EQ(p.communicate({}, 0s).std_out, "done");
}

// SP-130
TEST(CommunicateTimeout, TakesHugeLimitsAsLong) {
  using Seconds = std::chrono::duration<double>;
  const progeny::Timeout limits[] = {std::chrono::nanoseconds::max(),
                                     std::chrono::hours::max(),
                                     Seconds(1e10),
                                     Seconds(std::numeric_limits<double>::infinity())};
  for (const progeny::Timeout& limit : limits) {
    sp::Popen p(child("echo_to_both"), all_pipes());
    EXPECT_EQ(p.communicate("x", limit).std_out, "x");
  }
}

// SP-130
TEST(CommunicateTimeout, UsesNoProcessorTimeUnderAHugeLimit) {
  sp::Popen p(child("print_then_exit_after_ms", "x", "400", "0"),
              {.std_out = sp::PIPE, .std_err = sp::PIPE});
  const auto before = processor_time();
  EXPECT_EQ(p.communicate({}, std::chrono::hours::max()).std_out, "x");
  EXPECT_LT(processor_time() - before, 200ms);
}

}  // namespace
