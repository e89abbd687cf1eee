// Character sets that iconv knows and Windows does not: those with a shift state.

#include "subprocess/text/text.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using progeny::subprocess::detail::Decoder;
using progeny::subprocess::detail::Encoder;
using progeny::subprocess::detail::text_format;

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

}  // namespace
