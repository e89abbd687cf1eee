// Character sets that iconv knows and Windows does not: those with a shift state.

#include "subprocess/text/text.hpp"
#include "support/system/scoped_env.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using progeny::subprocess::detail::Decoder;
using progeny::subprocess::detail::Encoder;
using progeny::subprocess::detail::text_format;
using progeny::testing::ScopedEnv;

// SP-099
TEST(TextCodec, DecodesStatefulSetsWhereverTheyAreCut) {
  const std::string bytes = "a\x1b$BF|K\\\x1b(Bz";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Decoder decoder(text_format("iso2022_jp", "strict"));
    std::string text;
    decoder.decode(std::string_view(bytes).substr(0, cut), false, text);
    decoder.decode(std::string_view(bytes).substr(cut), false, text);
    decoder.decode({}, true, text);
    EXPECT_EQ(text, "a\u65e5\u672cz") << cut;
  }
}

// SP-103
TEST(TextCodec, ForgetsTheShiftStateOfAFailedWrite) {
  Encoder encoder(text_format("iso2022_jp", "strict"), "\n");
  std::string bytes;
  encoder.encode("a", bytes);
  EXPECT_THROW(encoder.encode("\u65e5\U0001F600", bytes), progeny::UnicodeEncodeError);
  encoder.encode("\u65e5", bytes);
  EXPECT_EQ(bytes, "a\x1b$BF|\x1b(B");
}

// H5. The locale's own name for ASCII, and aliases for sets that iconv knows.
TEST(TextCodec, KnowsEveryNameThatPythonOrIconvKnows) {
  for (const char* name :
       {"ANSI_X3.4-1968", "037", "korean", "koi8 r", "x_mac_japanese", "hkscs"}) {
    EXPECT_NO_THROW((void)text_format(name, "strict")) << name;
  }
}

std::string decoded(const std::string& bytes, const std::string& encoding) {
  Decoder decoder(text_format(encoding, "strict"));
  std::string text;
  decoder.decode(bytes, true, text);
  return text;
}

// L: Python's tables, where they differ from those of the C library.
TEST(TextCodec, HasPythonsTables) {
  EXPECT_EQ(decoded("\xbc", "cp273"), "\u203e");
  EXPECT_EQ(decoded("\xbc", "IBM273"), "\u203e");
  EXPECT_EQ(decoded("\x78\x8f", "cp424"), "\u2017\u00b1");
  EXPECT_EQ(decoded("\x9d\xbc", "cp1026"), "\u00b8\u00af");
  EXPECT_EQ(decoded("\x80\x9f", "tis-620"), "\u0080\u009f");
  EXPECT_EQ(decoded("\xc6", "mac_roman"), "\u2206");
  EXPECT_EQ(decoded("C:\\~", "shift_jis"), "C:\\~");
  EXPECT_THROW(decoded("\x80", "euc_jp"), progeny::UnicodeDecodeError);
  EXPECT_THROW(decoded("\x80", "big5"), progeny::UnicodeDecodeError);
}

// H: what stands for an error is written in full, also where the converter lacks the backslash.
TEST(TextCodec, WritesAllOfWhatStandsForAnError) {
  for (const char* name : {"johab", "shift_jis", "cp932", "euc_jp", "cp1255"}) {
    std::string bytes;
    Encoder(text_format(name, "backslashreplace"), "\n").encode("a\u1eabz", bytes);
    EXPECT_EQ(bytes, "a\\u1eabz") << name;
  }
}

// L: what an error says of itself.
TEST(TextCodec, NamesEncodingAndReasonAsPythonDoes) {
  const auto error_of = [](const std::string& bytes, const std::string& encoding) {
    try {
      decoded(bytes, encoding);
    } catch (const progeny::UnicodeDecodeError& error) {
      return error.encoding() + ": " + error.reason();
    }
    return std::string("no error");
  };
  EXPECT_EQ(error_of("\x81", "cp1252"), "charmap: character maps to <undefined>");
  EXPECT_EQ(error_of("\x80", "us-ascii"), "ascii: ordinal not in range(128)");
  EXPECT_EQ(error_of("\x80 ", "EUC-JP"), "euc_jp: illegal multibyte sequence");
  EXPECT_EQ(error_of("\xa4", "ujis"), "euc_jp: incomplete multibyte sequence");
  EXPECT_EQ(error_of("a", "UTF-16LE"), "utf-16-le: truncated data");
  EXPECT_EQ(error_of("\xdc\xdc", "utf-16-le"), "utf-16-le: illegal encoding");
}

// L
TEST(TextCodec, TakesTheEncodingOfTheLocale) {
  for (const char* locale : {"C", "C.UTF-8", "no_SUCH"}) {
    const ScopedEnv all("LC_ALL", locale);
    EXPECT_EQ(decoded("\xc3\xa9", "locale"), "\u00e9") << locale;
  }
}

}  // namespace
