#include "support/children/child_args.hpp"
#include "support/children/endings.hpp"
#include "support/system/file_contents.hpp"
#include "support/system/scoped_env.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os/popen.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace progeny::testing;
namespace os = progeny::os;

// SP-199
TEST(OsPopen, ReadsTheOutput) {
  EXPECT_EQ(os::popen("echo hello").read(), "hello\n");
}

// SP-199
TEST(OsPopen, IteratesOverTheLines) {
  auto file = os::popen(shell_line("print_hex", "610a620a0a63"));
  std::vector<std::string> lines;
  for (const std::string& line : file) {
    lines.push_back(line);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"a\n", "b\n", "\n", "c"}));
}

// SP-199
TEST(OsPopen, ReadsCharactersAndLines) {
  auto file = os::popen(shell_line("print_hex", "636166c3a90a620a630a"));
  EXPECT_EQ(file.read(4), "caf\u00e9");
  EXPECT_EQ(file.readline(), "\n");
  EXPECT_EQ(file.readlines(), (std::vector<std::string>{"b\n", "c\n"}));
  EXPECT_EQ(file.readline(), "");
}

// SP-199
TEST(OsPopen, WaitsForTheCommandAtTheEndOfItsScope) {
  const TempDir dir;
  const std::string path = (dir.path() / "out").string();
  {
    auto file = os::popen(shell_line("echo_stdin") + " > \"" + path + '"', "w");
    file.write("written before the end of the scope");
  }
  EXPECT_EQ(contents(path), "written before the end of the scope");
}

// SP-199
TEST(OsPopen, SeesChangesOfTheEnvironmentAtRunTime) {
  const ScopedEnv fruit("PROGENY_TEST_FRUIT", "apple");
  EXPECT_EQ(os::popen(shell_line("print_variable", "PROGENY_TEST_FRUIT")).read(), "apple");
}

// SP-200
TEST(OsPopen, PassesTheCommandThroughTheShell) {
  const std::string show = shell_line("print_args") + " ";
  EXPECT_EQ(os::popen(show + R"(foo "spam and eggs" "silly walk")").readlines(),
            (std::vector<std::string>{"foo\n", "spam and eggs\n", "silly walk\n"}));
  EXPECT_EQ(os::popen(show + R"(foo "a \"quoted\" arg" bar)").readlines(),
            (std::vector<std::string>{"foo\n", "a \"quoted\" arg\n", "bar\n"}));
}

// SP-201
TEST(OsPopen, CloseIsNothingForSuccess) {
  EXPECT_EQ(os::popen("exit 0").close(), std::nullopt);
}

// SP-201
TEST(OsPopen, CloseIsTheWaitStatusOfAnExit) {
  EXPECT_EQ(os::popen("exit 42").close(), wait_status_of_exit(42));
}

// SP-201
TEST(OsPopen, CloseAgainReturnsTheSame) {
  auto file = os::popen("exit 42");
  EXPECT_EQ(file.close(), wait_status_of_exit(42));
  EXPECT_EQ(file.close(), wait_status_of_exit(42));
}

// SP-202
TEST(OsPopen, RefusesOtherModesAndNoBuffer) {
  for (const std::string mode : {"", "rw", "a", "rb", "x", "R"}) {
    EXPECT_THROW((void)os::popen("exit 0", mode), progeny::ValueError) << mode;
  }
  EXPECT_THROW((void)os::popen("exit 0", "r", 0), progeny::ValueError);
}

// SP-202
TEST(OsPopen, RefusesANulByte) {
  EXPECT_THROW((void)os::popen(std::string("echo a\0b", 8)), progeny::ValueError);
}

// SP-202
TEST(OsPopen, CanBeMoved) {
  auto first = os::popen("echo one");
  auto second = std::move(first);
  EXPECT_EQ(second.readline(), "one\n");
  second = os::popen("echo two");
  EXPECT_EQ(second.read(), "two\n");
}

}  // namespace
