#include "support/children/child_args.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/errors.hpp>
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

// What cmd.exe's `echo` writes has a line end that the test child's output has not.
bool was_run(const std::string& output) {
  return output.find("PWNED\r\n") != std::string::npos;
}

// CVE-2024-24576
TEST(BatchFile, RunsNoCommandThatAnArgumentHides) {
  const Script script("plain.bat");
  const std::string hidden_in[] = {
      "a&echo PWNED", "\"&echo PWNED", "a\" & echo PWNED & \"", "|echo PWNED", "%CD%\"&echo PWNED"};
  for (const std::string& argument : hidden_in) {
    const std::string output = script.output({argument});
    EXPECT_FALSE(was_run(output)) << output;
  }
}

// A command line of the caller's own is its own affair; this also shows that the test above can
// see a command that runs.
TEST(BatchFile, RunsWhatACommandLineSays) {
  const Script script("plain.bat");
  EXPECT_TRUE(was_run(sp::check_output("cmd.exe /c " + script.path() + " a&echo PWNED")));
}

// CVE-2024-43402: the system ignores what follows the name.
TEST(BatchFile, IsKnownByItsNameWithDotsAndBlanksBehindIt) {
  const Script script("plain.bat");
  for (const std::string tail : {".", " ", ". ."}) {
    try {
      const std::string output = sp::check_output({script.path() + tail, "\"&echo PWNED"});
      EXPECT_FALSE(was_run(output)) << output;
    } catch (const progeny::OSError&) {  // NOLINT(bugprone-empty-catch): not found is as safe.
    } catch (const sp::CalledProcessError&) {  // NOLINT(bugprone-empty-catch): see above.
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
