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

// L: as Python, whose streams write no mark and whose `communicate` does.
TEST(TextCodec, MarksTheByteOrderOfAWholeTextAlone) {
  Encoder encoder(text_format("utf-16", "strict"), "\n");
  std::string bytes;
  encoder.encode("a", bytes);
  encoder.encode("b", bytes);
  EXPECT_EQ(bytes, "a\0b\0"s);
  encoder.encode_whole("c", bytes);
  EXPECT_EQ(bytes, "a\0b\0\xff\xfe"s + "c\0"s);
}

// L: by either mark, and in the machine's order without one.
TEST(TextCodec, ReadsTheByteOrderFromTheMark) {
  for (std::size_t cut = 0; cut <= 4; ++cut) {
    EXPECT_EQ(decoded("\xfe\xff\0a"s, "utf-16", "strict", cut), "a") << cut;
    EXPECT_EQ(decoded("\xff\xfe"s + "a\0"s, "utf-16", "strict", cut), "a") << cut;
    EXPECT_EQ(decoded("a\0b\0"s, "utf-16", "strict", cut), "ab") << cut;
    EXPECT_EQ(decoded("\0\0\xfe\xff"s + "\0\0\0a"s, "utf-32", "strict", cut), "a") << cut;
  }
}

// L
TEST(TextCodec, PassesSurrogates) {
  for (std::size_t cut = 0; cut <= 4; ++cut) {
    EXPECT_EQ(decoded("\xed\xa0\x80z", "utf-8", "surrogatepass", cut), "\xed\xa0\x80z") << cut;
    EXPECT_EQ(decoded("\x00\xd8z\0"s, "utf-16-le", "surrogatepass", cut), "\xed\xa0\x80z") << cut;
  }
  EXPECT_EQ(encoded("\xed\xa0\x80", "utf-8", "surrogatepass"), "\xed\xa0\x80");
  EXPECT_EQ(encoded("\xed\xa0\x80", "utf-32-be", "surrogatepass"), "\0\0\xd8\0"s);
  EXPECT_THROW(encoded("\xed\xa0\x80", "latin-1", "surrogatepass"), progeny::UnicodeEncodeError);
  EXPECT_THROW(decoded("\xff", "utf-8", "surrogatepass"), progeny::UnicodeDecodeError);
}

// L
TEST(TextCodec, ReplacesByCharacterReferences) {
  EXPECT_EQ(encoded("\u00e9\U0001F600", "ascii", "xmlcharrefreplace"), "&#233;&#128512;");
  EXPECT_THROW(decoded("\xff", "ascii", "xmlcharrefreplace"), progeny::UnicodeDecodeError);
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
  for (const char* name : {"", "no-such", "utf-8//IGNORE", "ascii//TRANSLIT", "//"}) {
    EXPECT_THROW((void)text_format(name, "strict"), progeny::LookupError) << name;
  }
  EXPECT_THROW((void)text_format("utf-8", "no-such"), progeny::LookupError);
}

// H5. Names with blanks, and Python's aliases.
TEST(TextCodec, KnowsNamesInEverySpelling) {
  for (const char* name : {"latin 1",
                           "Latin-1",
                           "utf 8",
                           "UTF 16",
                           "1252",
                           "ISO_8859-2:1987",
                           "iso_8859_2_1987",
                           "U8",
                           "utf8_ucs4",
                           " utf-8 "}) {
    EXPECT_NO_THROW((void)text_format(name, "strict")) << name;
  }
  EXPECT_EQ(decoded("\x80", "1252"), "\u20ac");
  EXPECT_EQ(decoded("\xb1", "ISO_8859-2:1987"), "\u0105");
}

// H1. glibc joins a letter with an accent that follows, and holds the letter back until it knows.
// Python does neither.
TEST(TextCodec, KeepsTheOrderAroundAnErrorInASetThatComposes) {
  for (std::size_t cut = 0; cut <= 3; ++cut) {
    EXPECT_EQ(decoded("\xe0\xffx", "cp1255", "replace", cut), "\u05d0\uFFFDx") << cut;
    EXPECT_EQ(decoded("a\x81x", "cp1258", "replace", cut), "a\uFFFDx") << cut;
  }
  EXPECT_EQ(decoded("\xe9\xc4", "cp1255"), "\u05d9\u05b4");
  EXPECT_EQ(encoded("\u05d9\u05b4", "cp1255"), "\xe9\xc4");
}

// H1. A letter is there as soon as its byte is.
TEST(TextCodec, HoldsNoLetterBack) {
  Decoder decoder(text_format("cp1255", "strict"));
  std::string text;
  decoder.decode("\xe9", false, text);
  EXPECT_EQ(text, "\u05d9");
}

// H1. A joined letter is none of the encoding, in Python.
TEST(TextCodec, TakesNoLetterApartToEncodeIt) {
  EXPECT_THROW(encoded("\u1ebf", "cp1258"), progeny::UnicodeEncodeError);
  EXPECT_EQ(encoded("\u1ebfx", "cp1258", "replace"), "?x");
}

// H2. One escaped byte would put all that follows out of step.
TEST(TextCodec, WritesNoStrayByteAmongUnits) {
  for (const char* name : {"utf-16", "utf-16-le", "utf-32", "utf-32-be"}) {
    EXPECT_THROW(encoded("a\xff", name, "surrogateescape"), progeny::UnicodeEncodeError) << name;
  }
}

// The same for bytes, of a set that the library looks at itself.
TEST(TextCodec, DecodesBytesFullOfErrorsInLinearTime) {
  std::string replaced;
  for (int i = 0; i < 20'000; ++i) {
    replaced += "\uFFFD";
  }
  EXPECT_EQ(decoded(std::string(20'000, '\xff'), "euc_jp", "replace"), replaced);
  EXPECT_EQ(decoded(std::string(20'000, '\x81'), "euc_jp", "replace"), replaced);
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
