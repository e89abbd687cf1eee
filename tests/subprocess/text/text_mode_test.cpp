#include "support/children/child_args.hpp"
#include "support/children/go.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-088
TEST(BinaryMode, IsTheDefaultAndPassesEveryByte) {
  std::string bytes = "a\r\nb\rc\n\0"s;
  for (int value = 0; value < 256; ++value) {
    bytes += static_cast<char>(value);
  }
  const auto done = sp::run(child("echo_stdin"), {.input = bytes, .std_out = sp::PIPE});
  EXPECT_FALSE(done.is_text);
  EXPECT_EQ(done.std_out, bytes);
}

// SP-092
TEST(TextMode, CarriesAStreamingDialogue) {
  // line4 to line8 come with every kind of line end.
  sp::Popen p(child("dialogue", "6c696e65340a6c696e65350d0a6c696e65360d6c696e65370d0a6c696e6538"),
              {.std_in = sp::PIPE, .std_out = sp::PIPE, .text = true});
  p.std_in().write("line1\n");
  p.std_in().flush();
  EXPECT_EQ(p.std_out().readline(), "line1\n");
  p.std_in().write("line3\n");
  p.std_in().close();
  EXPECT_EQ(p.std_out().readline(), "line2\n");
  EXPECT_EQ(p.std_out().read(6), "line3\n");
  EXPECT_EQ(p.std_out().read(), "line4\nline5\nline6\nline7\nline8");
  EXPECT_EQ(p.wait(), 0);
}

// SP-092
TEST(TextMode, IsTurnedOnByEachOfItsOptions) {
  EXPECT_TRUE(sp::run(child("exit_with", "0"), {.text = true}).is_text);
  EXPECT_TRUE(sp::run(child("exit_with", "0"), {.universal_newlines = true}).is_text);
  EXPECT_TRUE(sp::run(child("exit_with", "0"), {.encoding = "latin-1"}).is_text);
  EXPECT_TRUE(sp::run(child("exit_with", "0"), {.errors = "replace"}).is_text);
  EXPECT_FALSE(sp::run(child("exit_with", "0"), {.text = false}).is_text);
}

// SP-092
TEST(TextMode, RefusesTextAndUniversalNewlinesThatDisagree) {
  EXPECT_ANY_THROW(sp::run(child("exit_with", "0"), {.universal_newlines = true, .text = false}));
}

// SP-094
TEST(TextMode, CommunicateWithoutInputClosesStdin) {
  sp::Popen p(child("echo_stdin"), {.std_in = sp::PIPE, .text = true});
  p.communicate();
  EXPECT_EQ(p.returncode(), 0);
}

// SP-094
TEST(TextMode, CommunicateTranslatesBothOutputsIndependently) {
  sp::Options options = all_pipes();
  options.text = true;
  sp::Popen p(child("print", "a\r\nb\r", "\rx\r\n\ny", "0"), options);
  const sp::Output output = p.communicate("ignored");
  EXPECT_EQ(output.std_out, "a\nb\n");
  EXPECT_EQ(output.std_err, "\nx\n\ny");
}

// SP-098
TEST(TextMode, ADecodeErrorWinsOverTheCheck) {
  EXPECT_THROW(sp::run(child("print_hex", "5b80805d", "3"),
                       {.check = true, .std_out = sp::PIPE, .text = true}),
               progeny::UnicodeDecodeError);
}

// SP-103
TEST(TextMode, AnInputThatCannotBeEncodedLeavesTheChildToTheCaller) {
  sp::Options options = all_pipes();
  options.encoding = "ascii";
  sp::Popen p(child("echo_stdin"), options);
  EXPECT_THROW(p.communicate("\u00e9"), progeny::UnicodeEncodeError);
  p.kill();
  p.wait();
}

// SP-103
TEST(TextMode, AnInputThatCannotBeEncodedIsAQuestionMarkUnderReplace) {
  const auto done = sp::run(
      child("hex_stdin"),
      {.input = "caf\u00e9", .std_out = sp::PIPE, .encoding = "ascii", .errors = "replace"});
  EXPECT_EQ(done.std_out, "6361663f");
}

// SP-105
TEST(TextMode, IsUtf8WithoutAnEncoding) {
  const auto done =
      sp::run(child("hex_stdin"), {.input = "\u20ac", .std_out = sp::PIPE, .text = true});
  EXPECT_EQ(done.std_out, "e282ac");
  EXPECT_EQ(sp::check_output(child("print_hex", "e282ac"), {.text = true}), "\u20ac");
}

// SP-105
TEST(TextMode, TimeoutExpiredCarriesTheCompleteCharactersSoFar) {
  sp::Popen p(child("print_hex_wait_go_print_hex", "0d0a636166c3", "a9"),
              {.std_out = sp::PIPE, .std_err = sp::PIPE, .text = true});
  ASSERT_EQ(p.std_err().readline(), "ready\n");
  std::string seen;
  const bool enough = eventually([&] {
    try {
      p.communicate({}, 20ms);
    } catch (const sp::TimeoutExpired& error) {
      seen = error.output().value_or("");
    }
    return seen.size() >= 4;
  });
  EXPECT_TRUE(enough);
  EXPECT_EQ(seen, "\ncaf");
  send_go(p);
  EXPECT_EQ(p.communicate().std_out, "\ncaf\u00e9");
}

}  // namespace
