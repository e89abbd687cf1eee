#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-106
TEST(Communicate, FeedsStdinClosesItAndWaits) {
  // The child's own exit status tells whether it read exactly this.
  sp::Popen p(child("expect_stdin", "pear"), {.std_in = sp::PIPE});
  const sp::Output output = p.communicate("pear");
  EXPECT_EQ(p.returncode(), 0);
  EXPECT_EQ(output.std_out, std::nullopt);
  EXPECT_EQ(output.std_err, std::nullopt);
}

// SP-107
TEST(Communicate, ReturnsStdoutAlone) {
  sp::Popen p(child("print", "pineapple", ""), {.std_out = sp::PIPE});
  const sp::Output output = p.communicate();
  EXPECT_EQ(output.std_out, "pineapple");
  EXPECT_EQ(output.std_err, std::nullopt);
}

// SP-107
TEST(Communicate, ReturnsStderrAlone) {
  sp::Popen p(child("print", "", "pineapple"), {.std_err = sp::PIPE});
  const sp::Output output = p.communicate();
  EXPECT_EQ(output.std_out, std::nullopt);
  EXPECT_EQ(output.std_err, "pineapple");
}

// SP-107
TEST(Communicate, ReturnsBothAndFeedsStdin) {
  sp::Popen p(child("echo_to_both"), all_pipes());
  const sp::Output output = p.communicate("banana");
  EXPECT_EQ(output.std_out, "banana");
  EXPECT_EQ(output.std_err, "banana");
}

// SP-107
TEST(Communicate, WithoutPipesStillWaits) {
  sp::Popen p(child("exit_with", "6"));
  const sp::Output output = p.communicate();
  EXPECT_EQ(output.std_out, std::nullopt);
  EXPECT_EQ(output.std_err, std::nullopt);
  EXPECT_EQ(p.returncode(), 6);
}

// SP-107
TEST(Communicate, IsEmptyNotNothingForASilentStream) {
  sp::Popen p(child("exit_with", "0"), {.std_out = sp::PIPE, .std_err = sp::PIPE});
  const sp::Output output = p.communicate();
  EXPECT_EQ(output.std_out, "");
  EXPECT_EQ(output.std_err, "");
}

// SP-108
TEST(Communicate, MovesMegabytesBothWaysWithoutDeadlock) {
  const std::string input = pattern((3U << 20U) + 17);
  sp::Popen p(child("echo_to_both"), all_pipes());
  const sp::Output output = p.communicate(input);
  EXPECT_TRUE(output.std_out == input);
  EXPECT_TRUE(output.std_err == input);
  EXPECT_EQ(p.returncode(), 0);
}

// SP-108
TEST(Communicate, ReadsAChildThatFloodsBothAndReadsNothing) {
  const std::size_t size = 3U << 20U;
  sp::Popen p(child("flood_both", std::to_string(size)), all_pipes());
  const sp::Output output = p.communicate(std::string(1U << 20U, 'i'));
  EXPECT_TRUE(output.std_out == pattern(size));
  EXPECT_TRUE(output.std_err == pattern(size));
}

// SP-117
TEST(Communicate, RefusesNewInputInALaterCall) {
  using namespace std::chrono_literals;
  sp::Popen p(child("pause_until_killed"), all_pipes());
  EXPECT_THROW(p.communicate("first", 0s), sp::TimeoutExpired);
  EXPECT_THROW(p.communicate("second"), progeny::ValueError);
  p.kill();
  EXPECT_EQ(p.communicate().std_out, "");
}

// SP-117
TEST(Communicate, ClosesStdinAtOnceWithoutInput) {
  sp::Popen p(child("echo_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  EXPECT_EQ(p.communicate("").std_out, "");
  EXPECT_EQ(p.returncode(), 0);
}

// SP-120
TEST(Communicate, ReturnsTheSameAgainWhenItHasFinished) {
  sp::Popen one(child("print", "only", ""), {.std_out = sp::PIPE});
  EXPECT_EQ(one.communicate().std_out, "only");
  EXPECT_EQ(one.communicate().std_out, "only");

  sp::Popen two(child("print", "out", "err"), all_pipes());
  two.communicate();
  const sp::Output again = two.communicate();
  EXPECT_EQ(again.std_out, "out");
  EXPECT_EQ(again.std_err, "err");
}

// SP-120
TEST(Communicate, RefusesInputWithoutAPipe) {
  sp::Popen p(child("exit_with", "0"), {.std_out = sp::PIPE, .std_err = sp::PIPE});
  EXPECT_THROW(p.communicate("lost"), progeny::ValueError);
  p.communicate();
}

// SP-122
TEST(Communicate, CountsInputOfWiderElementsInBytes) {
  std::vector<std::uint32_t> numbers(100'000);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = static_cast<std::uint32_t>(i * 2654435761U);
  }
  const std::string bytes(reinterpret_cast<const char*>(numbers.data()), numbers.size() * 4);
  sp::Popen p(child("echo_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  EXPECT_TRUE(p.communicate(std::span(numbers)).std_out == bytes);
}

// SP-124
TEST(Communicate, IncludesWhatReadlineHadReadAhead) {
  sp::Popen one(child("print", "one\ntwo\nthree\n", ""), {.std_out = sp::PIPE});
  EXPECT_EQ(one.std_out().readline(), "one\n");
  EXPECT_EQ(one.communicate().std_out, "two\nthree\n");

  sp::Popen both(child("print", "one\ntwo\nthree\n", "x\ny\n"), all_pipes());
  EXPECT_EQ(both.std_out().readline(), "one\n");
  EXPECT_EQ(both.std_err().readline(), "x\n");
  const sp::Output output = both.communicate();
  EXPECT_EQ(output.std_out, "two\nthree\n");
  EXPECT_EQ(output.std_err, "y\n");
}

// SP-124
TEST(Communicate, IncludesReadAheadTextOnce) {
  sp::Popen p(child("print", "one\r\ntwo\rthree\n", ""), {.std_out = sp::PIPE, .text = true});
  EXPECT_EQ(p.std_out().readline(), "one\n");
  EXPECT_EQ(p.communicate().std_out, "two\nthree\n");
}

// SP-106
TEST(Communicate, SendsWhatTheCallerHadWrittenBeforeFirst) {
  sp::Popen p(child("echo_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  p.std_in().write("buffered ");
  EXPECT_EQ(p.communicate("input").std_out, "buffered input");
}

// I3. The data would be dropped silently.
TEST(Communicate, RefusesInputForAStdinThatTheCallerHasClosed) {
  sp::Popen p(child("echo_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  p.std_in().close();
  EXPECT_THROW(p.communicate("data"), progeny::ValueError);
  EXPECT_EQ(p.communicate().std_out, "");
}

// SP-126
TEST(Communicate, ReturnsWhenOutputHasEndedAndTheChildToo) {
  sp::Popen p(child("print_then_exit_after_ms", "out", "150", "4"), {.std_out = sp::PIPE});
  EXPECT_EQ(p.communicate().std_out, "out");
  EXPECT_EQ(p.returncode(), 4);
}

// SP-126
TEST(Communicate, WaitsForAGrandchildThatHoldsThePipe) {
  sp::Popen p(child("leave_grandchild_writing", "100", "late"), {.std_out = sp::PIPE});
  EXPECT_EQ(p.communicate().std_out, "late");
  EXPECT_EQ(p.returncode(), 0);
}

// SP-107
TEST(Communicate, ClosesThePipes) {
  sp::Popen p(child("exit_with", "0"), all_pipes());
  p.communicate();
  EXPECT_TRUE(p.std_in().closed());
  EXPECT_TRUE(p.std_out().closed());
  EXPECT_TRUE(p.std_err().closed());
}

}  // namespace
