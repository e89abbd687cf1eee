#include "subprocess/text/text.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using namespace std::string_literals;
using progeny::subprocess::detail::Decoder;
using progeny::subprocess::detail::Encoder;
using progeny::subprocess::detail::text_format;

// What `bytes` read as, with a cut before byte `cut`.
std::string decoded(std::string_view bytes,
                    const std::string& encoding,
                    const std::string& errors = "strict",
                    std::size_t cut = 0) {
  Decoder decoder(text_format(encoding, errors));
  std::string text;
  decoder.decode(bytes.substr(0, cut), false, text);
  decoder.decode(bytes.substr(cut), false, text);
  decoder.decode({}, true, text);
  decoder.decode({}, true, text);  // Some streams ask twice.
  return text;
}

std::string encoded(std::string_view text,
                    const std::string& encoding,
                    const std::string& errors = "strict") {
  std::string bytes;
  Encoder(text_format(encoding, errors), "\n").encode(text, bytes);
  return bytes;
}

// SP-090
TEST(TextCodec, TranslatesLineEndsWhereverTheyAreCut) {
  const std::string bytes = "a\r\rb\n\rc\r\n\nd";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQ(decoded(bytes, "utf-8", "strict", cut), "a\n\nb\n\nc\n\nd") << cut;
  }
}

// SP-099
TEST(TextCodec, KeepsTheLastLetterOfASetThatComposes) {
  EXPECT_EQ(decoded("\xf9\xec\xe5\xed", "cp1255"), "\u05e9\u05dc\u05d5\u05dd");
  EXPECT_EQ(decoded("a", "cp1258"), "a");
}

// SP-096
TEST(TextCodec, StaysInStepBehindAnErrorInUtf16) {
  EXPECT_EQ(decoded("a\0\0\xd8z\0"s, "utf-16-le", "replace"), "a\uFFFDz");
}

// SP-093
TEST(TextCodec, MarksTheByteOrderOfAStreamOnce) {
  Encoder encoder(text_format("utf-16", "strict"), "\n");
  std::string bytes;
  encoder.encode("a", bytes);
  encoder.encode("b", bytes);
  EXPECT_EQ(bytes, "\xff\xfe"s + "a\0b\0"s);
}

// SP-103
TEST(TextCodec, DropsNoCharacterSilently) {
  EXPECT_THROW(encoded("\U000E0041", "latin-1"), progeny::UnicodeEncodeError);
  EXPECT_EQ(encoded("\U000E0041x", "ascii", "replace"), "?x");
}

// SP-103
TEST(TextCodec, EncodesEachPolicyAsPythonDoes) {
  EXPECT_EQ(encoded("\u00e9\u20ac\U0001F600", "ascii", "backslashreplace"),
            "\\xe9\\u20ac\\U0001f600");
  EXPECT_EQ(encoded("a\u20acb", "latin-1", "ignore"), "ab");
  EXPECT_EQ(encoded("\xed\xb2\x80", "utf-8", "surrogateescape"), "\x80");
  EXPECT_THROW(encoded("\xed\xb2\x80", "utf-8"), progeny::UnicodeEncodeError);
}

// SP-102
TEST(TextCodec, RefusesNamesThatNobodyKnows) {
  for (const char* name : {"", "no-such", "utf-8//IGNORE", "ascii//TRANSLIT", "latin 1"}) {
    EXPECT_THROW((void)text_format(name, "strict"), progeny::LookupError) << name;
  }
  EXPECT_THROW((void)text_format("utf-8", "no-such"), progeny::LookupError);
}

// SP-103: the time for a text full of errors grows with its length, not with the square of it.
TEST(TextCodec, EncodesATextFullOfErrorsInLinearTime) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) {
    text += "\u00e9";
  }
  EXPECT_EQ(encoded(text, "ascii", "replace"), std::string(200'000, '?'));
}

}  // namespace
