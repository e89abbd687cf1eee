#include "support/children/answer.hpp"
#include "support/children/child_args.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// A child that copies stdin to stdout as it comes, with both as pipes.
sp::Popen echoing(sp::Options options = {}) {
  options.std_in = sp::PIPE;
  options.std_out = sp::PIPE;
  options.at_scope_exit = sp::AtScopeExit::wait;
  return sp::Popen(child("echo_stdin"), options);
}

TEST(StreamWrite, ReturnsTheNumberOfBytes) {
  sp::Popen p = echoing();
  EXPECT_EQ(p.std_in().write("h\u00e9"), 3U);
  EXPECT_EQ(p.std_in().write(""), 0U);
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "h\u00e9");
}

TEST(StreamWrite, ReturnsTheNumberOfCharactersInTextMode) {
  sp::Popen p = echoing({.encoding = "utf-16-le"});
  EXPECT_EQ(p.std_in().write("h\u00e9\U0001F600"), 3U);
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "h\u00e9\U0001F600");
}

TEST(StreamWrite, TakesAnyContiguousMemory) {
  sp::Popen p = echoing();
  const std::vector<std::uint16_t> numbers = {0x6261, 0x6463};
  EXPECT_EQ(p.std_in().write(numbers), 4U);
  EXPECT_EQ(p.std_in().write(std::array<std::byte, 2>{std::byte{'e'}, std::byte{'f'}}), 2U);
  p.std_in().close();
  EXPECT_EQ(p.std_out().read().size(), 6U);
}

TEST(StreamWrite, StaysInTheBufferUntilFlushed) {
  sp::Popen p = echoing();
  p.std_in().write("hello\n");
  EXPECT_FALSE(has_answered(p));
  p.std_in().flush();
  EXPECT_EQ(p.std_out().readline(), "hello\n");
}

TEST(StreamWrite, GoesThroughAtOnceWithoutABuffer) {
  sp::Popen p = echoing({.bufsize = 0});
  p.std_in().write("hello\n");
  EXPECT_EQ(p.std_out().readline(), "hello\n");
}

TEST(StreamWrite, GoesThroughWithEachLineUnderLineBuffering) {
  sp::Popen p = echoing({.bufsize = 1, .text = true});
  p.std_in().write("no end");
  EXPECT_FALSE(has_answered(p));
  p.std_in().write(" yet\n");
  EXPECT_EQ(p.std_out().readline(), "no end yet\n");
}

// H4. Prompts and progress displays end with a CR.
TEST(StreamWrite, GoesThroughWithACarriageReturnUnderLineBuffering) {
  sp::Popen p(child("echo_stdin"),
              {.bufsize = 1, .std_in = sp::PIPE, .std_out = sp::PIPE, .text = true});
  p.std_in().write("50 %\r");
  EXPECT_EQ(p.std_out().read(5), "50 %\n");
  p.std_in().close();
  p.wait();
}

TEST(StreamWrite, OfMoreThanTheBufferArrivesWhole) {
  // The reader only counts, so that writing cannot wait for anybody.
  sp::Popen p(child("count_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  p.std_in().write("x");
  EXPECT_EQ(p.std_in().write(std::string(3'000'000, 'y')), 3'000'000U);
  p.std_in().write("z");
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "3000002\n");
  p.wait();
}

TEST(StreamWrite, KeepsTheOrderOfManySmallPieces) {
  sp::Popen p(child("hex_stdin"), {.bufsize = 7, .std_in = sp::PIPE, .std_out = sp::PIPE});
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    p.std_in().write(std::string(1, static_cast<char>('0' + i % 10)));
    expected += "3" + std::to_string(i % 10);
  }
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), expected);
  p.wait();
}

TEST(StreamWritelines, AddsNoLineEnds) {
  sp::Popen p = echoing();
  p.std_in().writelines(std::vector<std::string>{"one\n", "two", "three\n"});
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "one\ntwothree\n");
}

TEST(StreamWrite, WritesNothingOfATextThatCannotBeEncoded) {
  sp::Popen p = echoing({.encoding = "ascii"});
  EXPECT_THROW(p.std_in().write("good until \u00e9"), progeny::UnicodeEncodeError);
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "");
}

TEST(StreamWrite, ToAChildThatIsGoneIsEpipe) {
  sp::Popen p(child("exit_with", "0"), {.bufsize = 0, .std_in = sp::PIPE});
  p.wait();
  try {
    p.std_in().write("hello");
    ADD_FAILURE() << "the write succeeded";
  } catch (const progeny::OSError& error) {
    EXPECT_EQ(error.code(), std::errc::broken_pipe);
  }
}

TEST(StreamFlush, ToAChildThatIsGoneIsEpipe) {
  sp::Popen p(child("exit_with", "0"), {.std_in = sp::PIPE});
  p.wait();
  p.std_in().write("hello");
  try {
    p.std_in().flush();
    ADD_FAILURE() << "the flush succeeded";
  } catch (const progeny::OSError& error) {
    EXPECT_EQ(error.code(), std::errc::broken_pipe);
  }
}

TEST(StreamFlush, OfNothingIsHarmless) {
  sp::Popen p = echoing();
  EXPECT_NO_THROW(p.std_in().flush());
  EXPECT_NO_THROW(p.std_in().flush());
}

}  // namespace
