// shlex: quotes, escapes and comments as Python reads them.

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/shlex.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace progeny::subprocess {

namespace {

using Words = std::vector<std::string>;

TEST(Shlex, SplitsAsAShellDoes) {
  EXPECT_EQ(shlex::split("a b  c"), (Words{"a", "b", "c"}));
  EXPECT_EQ(shlex::split(" a 'b c'\t\"d e\"\n"), (Words{"a", "b c", "d e"}));
  EXPECT_EQ(shlex::split(R"(a\ b "x\"y\\z\n" 'q\')"), (Words{"a b", "x\"y\\z\\n", "q\\"}));
  EXPECT_EQ(shlex::split("x''y '' \"\""), (Words{"xy", "", ""}));
  EXPECT_EQ(shlex::split(""), Words());
  EXPECT_EQ(shlex::split("a # b"), (Words{"a", "#", "b"}));
  EXPECT_EQ(shlex::split("a # b\nc", {.comments = true}), (Words{"a", "c"}));
}

TEST(Shlex, KeepsQuotesWithoutPosix) {
  EXPECT_EQ(shlex::split("'a b' c\\d", {.posix = false}), (Words{"'a b'", "c\\d"}));
}

TEST(Shlex, SaysWhatIsMissing) {
  EXPECT_THROW(static_cast<void>(shlex::split("'a")), ValueError);
  EXPECT_THROW(static_cast<void>(shlex::split("a\\")), ValueError);
  EXPECT_THROW(static_cast<void>(shlex::split("\"a\\")), ValueError);
}

TEST(Shlex, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(shlex::quote("a/b-c_d.e@f%g+h=i:j,k"), "a/b-c_d.e@f%g+h=i:j,k");
  EXPECT_EQ(shlex::quote(""), "''");
  EXPECT_EQ(shlex::quote("a b"), "'a b'");
  EXPECT_EQ(shlex::quote("it's"), R"('it'"'"'s')");
  EXPECT_EQ(shlex::quote("\xC3\xA9"), "'\xC3\xA9'");
}

TEST(Shlex, JoinIsTheInverseOfSplit) {
  const Words words{"ls", "-l", "a b", "", "it's", "\"$x\"", "\\"};
  EXPECT_EQ(shlex::split(shlex::join(words)), words);
  EXPECT_EQ(shlex::join(Args({"sort", "a b"})), "sort 'a b'");
  EXPECT_EQ(shlex::join(Args("ls | wc")), "ls | wc");
}

}  // namespace

}  // namespace progeny::subprocess
