#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

using Lines = std::vector<std::string>;

// A child that prints `text`, with a pipe on its stdout.
sp::Popen printing(const std::string& text, sp::Options options = {}) {
  options.std_out = sp::PIPE;
  options.at_scope_exit = sp::AtScopeExit::wait;
  return sp::Popen(child("print", text, ""), options);
}

TEST(StreamRead, ReturnsAllThatIsLeft) {
  sp::Popen p = printing("one\ntwo");
  EXPECT_EQ(p.std_out().read(), "one\ntwo");
  EXPECT_EQ(p.std_out().read(), "");
}

TEST(StreamRead, OfMoreThanAnyBufferReturnsEveryByte) {
  sp::Popen p(child("print_pattern", "3000001"), {.std_out = sp::PIPE});
  EXPECT_TRUE(p.std_out().read() == pattern(3'000'001));
  p.wait();
}

TEST(StreamRead, WithACountReturnsThatManyAndLessOnlyAtTheEnd) {
  sp::Popen p = printing("abcdefg");
  EXPECT_EQ(p.std_out().read(3), "abc");
  EXPECT_EQ(p.std_out().read(0), "");
  EXPECT_EQ(p.std_out().read(3), "def");
  EXPECT_EQ(p.std_out().read(3), "g");
  EXPECT_EQ(p.std_out().read(3), "");
}

TEST(StreamRead, WithACountWaitsForBytesThatTrickle) {
  sp::Popen p(child("trickle_hex", "616263646566"), {.std_out = sp::PIPE});
  EXPECT_EQ(p.std_out().read(4), "abcd");
  EXPECT_EQ(p.std_out().read(4), "ef");
  p.wait();
}

TEST(StreamRead, WithAHugeCountReturnsAll) {
  sp::Popen p = printing("abc");
  EXPECT_EQ(p.std_out().read(static_cast<std::size_t>(-1)), "abc");
}

TEST(StreamRead, CountsCharactersInTextMode) {
  sp::Popen p = printing("\u00e9\u20ac\U0001F600x", {.text = true});
  EXPECT_EQ(p.std_out().read(2), "\u00e9\u20ac");
  EXPECT_EQ(p.std_out().read(5), "\U0001F600x");
}

TEST(StreamRead1, ReturnsWhatIsThereWithoutWaitingForMore) {
  // The child stays, so that a read that wants more would never return.
  sp::Popen p(child("print_then_sleep", "abcdef", ""), {.std_out = sp::PIPE});
  std::string seen = p.std_out().read1(4);
  EXPECT_LE(seen.size(), 4U);
  while (seen.size() < 6) {
    seen += p.std_out().read1();
  }
  EXPECT_EQ(seen, "abcdef");
  p.kill();
  EXPECT_EQ(p.std_out().read1(), "");
  p.wait();
}

TEST(StreamReadline, ReturnsLinesAndEmptyAtTheEnd) {
  sp::Popen p = printing("one\n\nthree");
  EXPECT_EQ(p.std_out().readline(), "one\n");
  EXPECT_EQ(p.std_out().readline(), "\n");
  EXPECT_EQ(p.std_out().readline(), "three");
  EXPECT_EQ(p.std_out().readline(), "");
}

TEST(StreamReadline, ReturnsALineAsSoonAsItIsComplete) {
  sp::Popen p(child("print_then_sleep", "one\ntwo", ""), {.std_out = sp::PIPE});
  EXPECT_EQ(p.std_out().readline(), "one\n");
  p.kill();
  EXPECT_EQ(p.std_out().readline(), "two");
  p.wait();
}

TEST(StreamReadline, CutsLongLinesAtTheLimit) {
  sp::Popen p = printing("abcdef\ngh\n");
  EXPECT_EQ(p.std_out().readline(4), "abcd");
  EXPECT_EQ(p.std_out().readline(4), "ef\n");
  EXPECT_EQ(p.std_out().readline(0), "");
  EXPECT_EQ(p.std_out().readline(3), "gh\n");
}

TEST(StreamReadline, LimitsCharactersInTextMode) {
  sp::Popen p = printing("\u00e9\u20acx\n", {.text = true});
  EXPECT_EQ(p.std_out().readline(2), "\u00e9\u20ac");
  EXPECT_EQ(p.std_out().readline(2), "x\n");
}

TEST(StreamReadline, ReturnsALineLongerThanAnyBuffer) {
  const std::string line = std::string(300'000, 'x') + '\n';
  sp::Popen p(child("print_x_and_hex", "300000", "0a61"), {.std_out = sp::PIPE});
  EXPECT_TRUE(p.std_out().readline() == line);
  EXPECT_EQ(p.std_out().readline(), "a");
  p.wait();
}

TEST(StreamReadline, KeepsCarriageReturnsInBinaryMode) {
  sp::Popen p = printing("one\r\ntwo\rthree\n");
  EXPECT_EQ(p.std_out().readline(), "one\r\n");
  EXPECT_EQ(p.std_out().readline(), "two\rthree\n");
}

TEST(StreamReadline, TranslatesLineEndsInTextMode) {
  sp::Popen p = printing("one\r\ntwo\rthree\r", {.text = true});
  EXPECT_EQ(p.std_out().readline(), "one\n");
  EXPECT_EQ(p.std_out().readline(), "two\n");
  EXPECT_EQ(p.std_out().readline(), "three\n");
  EXPECT_EQ(p.std_out().readline(), "");
}

TEST(StreamReadlines, ReturnsAllLinesThatAreLeft) {
  sp::Popen p = printing("one\ntwo\nthree");
  EXPECT_EQ(p.std_out().readline(), "one\n");
  EXPECT_EQ(p.std_out().readlines(), (Lines{"two\n", "three"}));
  EXPECT_EQ(p.std_out().readlines(), Lines{});
}

TEST(StreamIteration, VisitsEveryLine) {
  sp::Popen p = printing("one\n\nthree");
  Lines lines;
  for (const std::string& line : p.std_out()) {
    lines.push_back(line);
  }
  EXPECT_EQ(lines, (Lines{"one\n", "\n", "three"}));
}

TEST(StreamIteration, VisitsNothingOfASilentChild) {
  sp::Popen p = printing("");
  EXPECT_TRUE(p.std_out().begin() == p.std_out().end());
}

TEST(StreamIteration, MayStopAndGoOnWithReadline) {
  sp::Popen p = printing("one\ntwo\nthree\n");
  for (const std::string& line : p.std_out()) {
    EXPECT_EQ(line, "one\n");
    break;
  }
  EXPECT_EQ(p.std_out().readline(), "two\n");
}

TEST(StreamRead, MixesEveryWayOfReading) {
  sp::Popen p = printing("one\ntwo\nthree\nfour");
  EXPECT_EQ(p.std_out().read(2), "on");
  EXPECT_EQ(p.std_out().readline(), "e\n");
  EXPECT_EQ(p.std_out().read(1), "t");
  EXPECT_EQ(p.std_out().readlines(), (Lines{"wo\n", "three\n", "four"}));
}

TEST(StreamRead, WorksWithoutABuffer) {
  sp::Popen p = printing("one\ntwo\nthree", {.bufsize = 0});
  EXPECT_EQ(p.std_out().readline(), "one\n");
  EXPECT_EQ(p.std_out().read(2), "tw");
  EXPECT_EQ(p.std_out().read(), "o\nthree");
}

TEST(StreamRead, WorksWithATinyBuffer) {
  sp::Popen p = printing("one\ntwo\nthree", {.bufsize = 2});
  EXPECT_EQ(p.std_out().readline(), "one\n");
  EXPECT_EQ(p.std_out().read(5), "two\nt");
  EXPECT_EQ(p.std_out().read(), "hree");
}

// SP-099
TEST(StreamRead, DecodesWithATinyBuffer) {
  sp::Popen p = printing("\u20ac\r\n\U0001F600", {.bufsize = 2, .text = true});
  EXPECT_EQ(p.std_out().readline(), "\u20ac\n");
  EXPECT_EQ(p.std_out().read(), "\U0001F600");
}

TEST(StreamRead, DoesNotMixStdoutAndStderr) {
  sp::Popen p(child("print", "out", "err"), {.std_out = sp::PIPE, .std_err = sp::PIPE});
  EXPECT_EQ(p.std_err().read(), "err");
  EXPECT_EQ(p.std_out().read(), "out");
  p.wait();
}

// H6. With the square of the length this would take minutes.
TEST(StreamRead, CountsLongTextInLinearTime) {
  const std::string text = std::string(1'000'000, 'x') + "\u20ac";
  sp::Popen p(child("print_x_and_hex", "1000000", "e282ac"), {.std_out = sp::PIPE, .text = true});
  EXPECT_EQ(p.std_out().readline(2'000'000), text);
  p.wait();
  sp::Popen q(child("print_x_and_hex", "400000", "e282ac"), {.std_out = sp::PIPE, .text = true});
  std::string all;
  for (std::string one = q.std_out().read(1); !one.empty(); one = q.std_out().read(1)) {
    all += one;
  }
  EXPECT_EQ(all, std::string(400'000, 'x') + "\u20ac");
  q.wait();
}

// H6. Characters and line ends at every border of the limit.
TEST(StreamRead, CutsLinesAtTheLimitInCharacters) {
  sp::Popen p = printing("\u20ac\u20ac\u20ac\n\u20ac\n", {.text = true});
  EXPECT_EQ(p.std_out().readline(0), "");
  EXPECT_EQ(p.std_out().readline(2), "\u20ac\u20ac");
  EXPECT_EQ(p.std_out().readline(2), "\u20ac\n");
  EXPECT_EQ(p.std_out().readline(1), "\u20ac");
  EXPECT_EQ(p.std_out().readline(1), "\n");
  EXPECT_EQ(p.std_out().readline(1), "");
}

}  // namespace
