#include <progeny/subprocess/list2cmdline.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using progeny::subprocess::list2cmdline;

// SP-205
TEST(List2Cmdline, QuotesBlanksTabsAndNothing) {
  EXPECT_EQ(list2cmdline({"a b c", "d", "e"}), R"("a b c" d e)");
  EXPECT_EQ(list2cmdline({"a\tb", "c"}), "\"a\tb\" c");
  EXPECT_EQ(list2cmdline({"ab", ""}), R"(ab "")");
  EXPECT_EQ(list2cmdline({"", "ab"}), R"("" ab)");
}

// SP-205
TEST(List2Cmdline, QuotesNothingElse) {
  EXPECT_EQ(list2cmdline({"a\nb", "it's", "c"}), "a\nb it's c");
  EXPECT_EQ(list2cmdline({"^", "a&b", "<", ">", "%PATH%"}), "^ a&b < > %PATH%");
}

// SP-205
TEST(List2Cmdline, OfNoArgumentsIsEmpty) {
  EXPECT_EQ(list2cmdline(std::vector<std::string>{}), "");
}

// SP-206
TEST(List2Cmdline, EscapesDoubleQuotes) {
  EXPECT_EQ(list2cmdline({R"(ab"c)", R"(\)", "d"}), R"(ab\"c \ d)");
  EXPECT_EQ(list2cmdline({R"(a b"c)"}), R"("a b\"c")");
}

// SP-206
TEST(List2Cmdline, LeavesBackslashesThatNoQuoteFollows) {
  EXPECT_EQ(list2cmdline({R"(a\\\b)", "de fg", "h"}), R"(a\\\b "de fg" h)");
  EXPECT_EQ(list2cmdline({R"(a\\b c)"}), R"("a\\b c")");
  EXPECT_EQ(list2cmdline({R"(a\\b\ c)"}), R"("a\\b\ c")");
}

// SP-206
TEST(List2Cmdline, DoublesBackslashesBeforeAQuote) {
  EXPECT_EQ(list2cmdline({R"(a\"b)"}), R"(a\\\"b)");
  EXPECT_EQ(list2cmdline({R"(a b\)", "c"}), R"("a b\\" c)");
}

}  // namespace
