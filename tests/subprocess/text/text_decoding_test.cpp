#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace std::string_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// How the bytes `hex` of a child read in text mode.
std::string decoded(const std::string& hex,
                    const std::string& encoding,
                    const std::string& errors = "strict") {
  return sp::check_output(child("print_hex", hex), {.encoding = encoding, .errors = errors});
}

constexpr auto replacement = "\uFFFD";

std::string replacements(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += replacement;
  }
  return text;
}

// SP-096
TEST(TextErrors, IgnoreDropsTheBytes) {
  EXPECT_EQ(decoded("5b80805d", "utf-8", "ignore"), "[]");
}

// SP-096
TEST(TextErrors, ReplaceMarksEachByte) {
  EXPECT_EQ(decoded("5b80805d", "utf-8", "replace"), "[" + replacements(2) + "]");
}

// SP-096
TEST(TextErrors, BackslashreplaceShowsTheBytes) {
  EXPECT_EQ(decoded("5b80805d", "utf-8", "backslashreplace"), "[\\x80\\x80]");
}

// SP-096
TEST(TextErrors, SurrogateescapeIsLossless) {
  const std::string text = decoded("5b80ff5d", "utf-8", "surrogateescape");
  const auto back = sp::run(
      child("hex_stdin"),
      {.input = text, .std_out = sp::PIPE, .encoding = "utf-8", .errors = "surrogateescape"});
  EXPECT_EQ(back.std_out, "5b80ff5d");
}

// SP-096
TEST(TextErrors, StrictThrowsFromEveryWayOfReading) {
  const sp::Options options{.std_out = sp::PIPE, .text = true};
  EXPECT_THROW(sp::Popen(child("print_hex", "5b80805d"), options).communicate(),
               progeny::UnicodeDecodeError);
  sp::Popen streaming(child("print_hex", "5b80805d"), options);
  EXPECT_THROW((void)streaming.std_out().read(), progeny::UnicodeDecodeError);
  streaming.wait();
}

// SP-099
TEST(SplitCharacters, DecodeOneByteAtATimeFromCommunicate) {
  const sp::Options options{.std_out = sp::PIPE, .text = true};
  sp::Popen p(child("trickle_hex", "c3a90d0ae282acf09f98800d78"), options);
  EXPECT_EQ(p.communicate().std_out, "\u00e9\n\u20ac\U0001F600\nx");
}

// SP-099
TEST(SplitCharacters, DecodeOneByteAtATimeFromTheStream) {
  const sp::Options options{.std_out = sp::PIPE, .text = true};
  sp::Popen p(child("trickle_hex", "c3a90d0ae282acf09f98800d78"), options);
  EXPECT_EQ(p.std_out().read(2), "\u00e9\n");
  EXPECT_EQ(p.std_out().read(1), "\u20ac");
  EXPECT_EQ(p.std_out().readline(), "\U0001F600\n");
  EXPECT_EQ(p.std_out().readline(), "x");
  p.wait();
}

// SP-099
TEST(SplitCharacters, DecodeAtEveryBufferEdge) {
  for (const std::size_t edge : {8192U, 32768U, 65536U, 131072U, 262144U}) {
    for (std::size_t before = 1; before <= 4; ++before) {
      const std::string text = std::string(edge - before, 'x') + "\U0001F600\u20ac";
      const sp::Options options{.input = text, .std_out = sp::PIPE, .text = true};
      ASSERT_TRUE(sp::run(child("echo_stdin"), options).std_out == text) << edge - before;
    }
  }
}

// SP-099
TEST(SplitCharacters, DecodeAtEveryBufferEdgeOfTheStream) {
  for (const std::size_t edge : {8192U, 32768U, 65536U, 131072U}) {
    for (std::size_t before = 1; before <= 4; ++before) {
      const std::string text = std::string(edge - before, 'x') + "\U0001F600\u20ac";
      sp::Popen p(child("print_x_and_hex", std::to_string(edge - before), "f09f9880e282ac"),
                  {.std_out = sp::PIPE, .text = true});
      ASSERT_TRUE(p.std_out().read() == text) << edge - before;
      p.wait();
    }
  }
}

// SP-101
TEST(Utf8Validation, ReplacesAsPythonDoes) {
  EXPECT_EQ(decoded("c0af", "utf-8", "replace"), replacements(2));
  EXPECT_EQ(decoded("eda080", "utf-8", "replace"), replacements(3));
  EXPECT_EQ(decoded("f5", "utf-8", "replace"), replacements(1));
  EXPECT_EQ(decoded("f09f98", "utf-8", "replace"), replacements(1));
}

// SP-101
TEST(Utf8Validation, KeepsOrDropsTheByteOrderMark) {
  EXPECT_EQ(decoded("efbbbf78", "utf-8"), "\uFEFFx");
  EXPECT_EQ(decoded("efbbbf78", "utf-8-sig"), "x");
}

// SP-101
TEST(Utf8Validation, KeepsNulBytes) {
  EXPECT_EQ(decoded("610062", "utf-8"), "a\0b"s);
}

}  // namespace
