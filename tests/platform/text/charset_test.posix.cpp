#include "platform/text/charset.hpp"
#include "support/faults/os_error.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::platform {

namespace {

using testing::failure_of;

// All of `in`, converted and finished.
std::string converted(const std::string& charset, CharsetDirection direction, std::string_view in) {
  CharsetConverter converter(charset, direction);
  std::string out;
  const auto result = converter.convert(in, out);
  EXPECT_EQ(result.stop, CharsetStop::all);
  EXPECT_EQ(result.consumed, in.size());
  converter.finish(out);
  return out;
}

TEST(CharsetConverter, KnowsTheSetsOfTheSystem) {
  for (const char* const name :
       {"UTF-8", "latin1", "ISO-8859-15", "CP1252", "SHIFT_JIS", "KOI8-R"}) {
    EXPECT_TRUE(CharsetConverter::knows(name)) << name;
  }
  EXPECT_FALSE(CharsetConverter::knows("no-such-charset"));
}

TEST(CharsetConverter, ThatDoesNotKnowTheSetIsAnError) {
  const auto failure =
      failure_of([] { CharsetConverter("no-such-charset", CharsetDirection::to_utf8); });
  EXPECT_EQ(failure.error, EINVAL);
  EXPECT_EQ(failure.filename, "no-such-charset");
}

TEST(CharsetConverter, GoesBothWays) {
  EXPECT_EQ(converted("latin1", CharsetDirection::to_utf8, "caf\xe9"), "caf\xc3\xa9");
  EXPECT_EQ(converted("latin1", CharsetDirection::from_utf8, "caf\xc3\xa9"), "caf\xe9");
  EXPECT_EQ(converted("CP1252", CharsetDirection::from_utf8, "\xe2\x82\xac"), "\x80");
  EXPECT_EQ(converted("latin1", CharsetDirection::to_utf8, ""), "");
}

TEST(CharsetConverter, ConvertsMoreThanOneBlock) {
  const std::string in(100'001, '\xe9');
  const std::string out = converted("latin1", CharsetDirection::to_utf8, in);
  ASSERT_EQ(out.size(), 2 * in.size());
  EXPECT_EQ(out.substr(out.size() - 4), "\xc3\xa9\xc3\xa9");
}

TEST(CharsetConverter, StopsBeforeWhatMayBeABeginning) {
  CharsetConverter converter("latin1", CharsetDirection::from_utf8);
  std::string out;
  const auto result = converter.convert("ab\xc3", out);
  EXPECT_EQ(result.stop, CharsetStop::incomplete);
  EXPECT_EQ(result.consumed, 2U);
  EXPECT_EQ(out, "ab");
}

TEST(CharsetConverter, StopsBeforeWhatCannotBeConverted) {
  CharsetConverter converter("latin1", CharsetDirection::from_utf8);
  std::string out;
  const auto broken = converter.convert(
      "ab\xff"
      "cd",
      out);
  EXPECT_EQ(broken.stop, CharsetStop::invalid);
  EXPECT_EQ(broken.consumed, 2U);
  const auto missing = converter.convert("x\xe2\x82\xac", out);
  EXPECT_EQ(missing.stop, CharsetStop::invalid);
  EXPECT_EQ(missing.consumed, 1U);
  EXPECT_EQ(out, "abx");
}

// ISO-2022-JP shifts into a set of two bytes a character and back.
constexpr const char* shifting = "ISO-2022-JP";
constexpr std::string_view kana = "\xe3\x81\x82";
constexpr std::string_view kana_unfinished = "\x1b$B$\"";
constexpr std::string_view back = "\x1b(B";

TEST(CharsetConverter, LeadsBackToTheInitialState) {
  CharsetConverter converter(shifting, CharsetDirection::from_utf8);
  std::string out;
  EXPECT_EQ(converter.convert(kana, out).stop, CharsetStop::all);
  EXPECT_EQ(out, kana_unfinished);
  converter.finish(out);
  EXPECT_EQ(out, std::string(kana_unfinished) + std::string(back));
  converter.finish(out);
  EXPECT_EQ(out, std::string(kana_unfinished) + std::string(back)) << "it was there already";
}

TEST(CharsetConverter, KeepsTheStateBetweenCallsUntilItIsReset) {
  CharsetConverter converter(shifting, CharsetDirection::to_utf8);
  std::string out;
  static_cast<void>(converter.convert(kana_unfinished, out));
  static_cast<void>(converter.convert("$\"", out));
  EXPECT_EQ(out, std::string(kana) + std::string(kana));
  converter.reset();
  out.clear();
  static_cast<void>(converter.convert("$\"", out));
  EXPECT_EQ(out, "$\"");
}

TEST(CharsetConverter, MovesWithItsState) {
  CharsetConverter first(shifting, CharsetDirection::to_utf8);
  std::string out;
  static_cast<void>(first.convert(kana_unfinished, out));
  CharsetConverter second(std::move(first));
  CharsetConverter third("latin1", CharsetDirection::to_utf8);
  third = std::move(second);
  out.clear();
  static_cast<void>(third.convert("$\"", out));
  EXPECT_EQ(out, kana);
}

}  // namespace

}  // namespace progeny::platform
