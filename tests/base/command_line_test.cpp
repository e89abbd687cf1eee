#include "base/command_line.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace progeny::detail {

namespace {

std::string batch(const std::vector<std::string>& arguments) {
  constexpr std::string_view begin = R"(cmd.exe /e:ON /v:OFF /d /c ""C:\do it.bat")";
  const std::string line = join_batch_arguments("C:\\do it.bat", arguments);
  EXPECT_TRUE(line.starts_with(begin)) << line;
  EXPECT_TRUE(line.ends_with('"')) << line;
  return line.substr(begin.size(), line.size() - begin.size() - 1);
}

// CVE-2024-24576
TEST(BatchArguments, ThatAreHarmlessStayAsTheyAre) {
  EXPECT_EQ(batch({}), "");
  EXPECT_EQ(batch({"--name", "a/b\\c.txt", "x:1"}), " --name a/b\\c.txt x:1");
}

// CVE-2024-24576
TEST(BatchArguments, ThatWouldPartOrRunSomethingAreQuoted) {
  EXPECT_EQ(batch({""}), " \"\"");
  EXPECT_EQ(batch({"a b"}), " \"a b\"");
  for (const std::string text :
       {"a&calc", "a|b", "a<b", "a>b", "a^b", "a,b", "a;b", "a=b", "(a)", "a!b"}) {
    EXPECT_EQ(batch({text}), " \"" + text + "\"");
  }
}

// CVE-2024-24576
TEST(BatchArguments, CannotLeaveTheirQuotes) {
  EXPECT_EQ(batch({"\"&calc"}), " \"\"\"&calc\"");
  EXPECT_EQ(batch({"a\\\"b"}), " \"a\\\\\"\"b\"");
  EXPECT_EQ(batch({"a b\\"}), " \"a b\\\\\"");
}

// CVE-2024-24576
TEST(BatchArguments, ExpandNoVariable) {
  EXPECT_EQ(batch({"%PATH%"}), " \"%%cd:~,%PATH%%cd:~,%\"");
}

// CVE-2024-24576
TEST(BatchArguments, WithALineEndAreRefused) {
  for (const std::string text : {"a\nb", "a\rb", "\n"}) {
    EXPECT_THROW(batch({text}), ValueError);
  }
}

TEST(BatchArguments, NeedAScriptThatCanBeQuoted) {
  EXPECT_THROW(static_cast<void>(join_batch_arguments("a\".bat", {})), ValueError);
  EXPECT_THROW(static_cast<void>(join_batch_arguments("a.bat\\", {})), ValueError);
}

// CVE-2024-24576 and its follow-up, CVE-2024-43402: the system ignores dots and blanks at the end.
TEST(IsBatchFile, SeesThroughCaseAndWhatTheSystemIgnores) {
  for (const std::string name :
       {"a.bat", "a.CMD", "C:\\x\\a.Bat", "a.bat.", "a.bat ", "a.cmd . ."}) {
    EXPECT_TRUE(is_batch_file(name)) << name;
  }
  for (const std::string name : {"a.exe", "bat", ".ba", "", ". .", "a.batx", "a.bat.exe"}) {
    EXPECT_FALSE(is_batch_file(name)) << name;
  }
}

}  // namespace

}  // namespace progeny::detail
