#include "support/child_args.hpp"
#include "support/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// A batch file that has the test child print its arguments as a program gets them.
class Script {
 public:
  explicit Script(const std::string& name) : path_(folder_.path() / name) {
    std::ofstream(path_) << "@\"" << test_child() << "\" print_args %*\r\n";
  }

  [[nodiscard]] std::string path() const { return path_.string(); }

  [[nodiscard]] std::string output(std::vector<std::string> words) const {
    words.insert(words.begin(), path());
    return sp::check_output(words);
  }

 private:
  TempDir folder_;
  std::filesystem::path path_;
};

// CVE-2024-24576
TEST(BatchFile, GetsItsArguments) {
  const Script script("plain.bat");
  EXPECT_EQ(script.output({"one", "two words", "x=1,2;3"}), "one\ntwo words\nx=1,2;3\n");
}

// CVE-2024-24576
TEST(BatchFile, OfANameWithBlanksGetsItsArguments) {
  const Script script("with some blanks.cmd");
  EXPECT_EQ(script.output({"one", "two words"}), "one\ntwo words\n");
}

// CVE-2024-24576
TEST(BatchFile, RunsNoCommandThatAnArgumentHides) {
  const Script script("plain.bat");
  for (const std::string hidden :
       {"a&echo PWNED", "\"&echo PWNED", "a\" & echo PWNED & \"", "|echo PWNED"}) {
    const std::string output = script.output({hidden});
    EXPECT_EQ(output.find("\nPWNED"), std::string::npos) << output;
    EXPECT_FALSE(output.starts_with("PWNED")) << output;
  }
}

// CVE-2024-43402: the system ignores what follows the name.
TEST(BatchFile, IsKnownByItsNameWithDotsAndBlanksBehindIt) {
  const Script script("plain.bat");
  for (const std::string tail : {".", " ", ". ."}) {
    try {
      const std::string output = sp::check_output({script.path() + tail, "\"&echo PWNED"});
      EXPECT_EQ(output.find("\nPWNED"), std::string::npos) << output;
    } catch (const progeny::OSError&) {  // NOLINT(bugprone-empty-catch): not found is as safe.
    }
  }
}

// CVE-2024-24576
TEST(BatchFile, IsNotStartedWithAnArgumentThatCannotBeSaid) {
  const Script script("plain.bat");
  EXPECT_THROW(script.output({"a\r\necho PWNED"}), progeny::ValueError);
}

TEST(BatchFile, ThatIsNotThereIsNotFound) {
  try {
    static_cast<void>(sp::check_output({"no such script.bat", "x"}));
    FAIL() << "no exception";
  } catch (const progeny::OSError& error) {
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
    EXPECT_EQ(error.filename(), "no such script.bat");
  }
}

}  // namespace
