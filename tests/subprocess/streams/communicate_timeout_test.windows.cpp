#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-123, SP-214. A write into a pipe without a reader cannot be waited for.
TEST(WindowsCommunicate, KeepsItsDeadlineWithMuchInputThatNobodyReads) {
  sp::Popen p(child("pause_until_killed"), all_pipes());
  const std::string input = pattern(4U << 20U);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(p.communicate(input, 100ms), sp::TimeoutExpired);
  EXPECT_THROW(p.communicate({}, 100ms), sp::TimeoutExpired);
  EXPECT_LT(std::chrono::steady_clock::now() - start, very_long);
  p.kill();
  EXPECT_EQ(p.communicate().std_out, "");
}

// SP-123: what a time-out has left under way is neither lost nor sent twice.
TEST(WindowsCommunicate, SendsEachByteOnceOverManyDeadlines) {
  sp::Popen p(child("echo_stdin"), all_pipes());
  const std::string input = pattern(1U << 20U);
  bool finished = false;
  std::string output;
  for (int i = 0; !finished && i < 10'000; ++i) {
    try {
      output = p.communicate(i == 0 ? input : std::string(), 1ms).std_out.value_or("");
      finished = true;
    } catch (const sp::TimeoutExpired&) {
      EXPECT_FALSE(finished);
    }
  }
  EXPECT_TRUE(output == input);
}

// SP-210
TEST(WindowsRun, CollectsTheRestAfterATimeOutAndClosesItsHandles) {
  const auto expire = [] {
    try {
      sp::run(child("print_then_sleep", "out", "err"), {.capture_output = true, .timeout = 2s});
      FAIL() << "no time-out";
    } catch (const sp::TimeoutExpired& error) {
      EXPECT_EQ(error.std_out(), "out");
      EXPECT_EQ(error.std_err(), "err");
    }
  };
  expire();
  const std::size_t before = open_descriptors();
  expire();
  EXPECT_LE(open_descriptors(), before);
}

}  // namespace
