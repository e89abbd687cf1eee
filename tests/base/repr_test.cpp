#include "base/repr.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace std::string_literals;
using progeny::detail::repr_bytes;
using progeny::detail::repr_text;

TEST(ReprText, PrefersSingleQuotes) {
  EXPECT_EQ(repr_text("plain"), "'plain'");
  EXPECT_EQ(repr_text("it's"), "\"it's\"");
  EXPECT_EQ(repr_text("it's \"it\""), "'it\\'s \"it\"'");
}

TEST(ReprText, EscapesControlCharactersAndBackslashes) {
  EXPECT_EQ(repr_text("a\n\r\t\\\x7f\x01\0"s), "'a\\n\\r\\t\\\\\\x7f\\x01\\x00'");
}

TEST(ReprText, ShowsPrintableCharactersOfAllLengths) {
  EXPECT_EQ(repr_text("\u00e9\u20ac\U0001F600"), "'\u00e9\u20ac\U0001F600'");
}

TEST(ReprText, EscapesCharactersThatCannotBeSeen) {
  EXPECT_EQ(repr_text("\u00a0\u200b\ufeff\U000E0001"), "'\\xa0\\u200b\\ufeff\\U000e0001'");
}

TEST(ReprText, ShowsWhatIsNoUtf8AsEscapedSurrogates) {
  EXPECT_EQ(repr_text("\x80\xff"), "'\\udc80\\udcff'");
  EXPECT_EQ(repr_text("\xc3"), "'\\udcc3'");
  EXPECT_EQ(repr_text("\xed\xb2\x80"), "'\\udc80'");
}

TEST(ReprBytes, EscapesEverythingBeyondAscii) {
  EXPECT_EQ(repr_bytes("a\x80\xff\n"), "b'a\\x80\\xff\\n'");
  EXPECT_EQ(repr_bytes("it's"), "b\"it's\"");
}

}  // namespace
