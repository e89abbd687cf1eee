#include "support/process_facts.hpp"
#include "support/scoped_env.hpp"
#include "support/temp_dir.hpp"
#include "support/test_child.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os/popen.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace progeny::testing;
namespace os = progeny::os;

// What a file holds.
std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// SP-199
TEST(OsPopen, ReadsTheOutput) {
  EXPECT_EQ(os::popen("echo hello").read(), "hello\n");
}

// SP-199
TEST(OsPopen, IteratesOverTheLines) {
  auto file = os::popen(R"(printf 'a\nb\n\nc')");
  std::vector<std::string> lines;
  for (const std::string& line : file) {
    lines.push_back(line);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"a\n", "b\n", "\n", "c"}));
}

// SP-199
TEST(OsPopen, ReadsCharactersAndLines) {
  auto file = os::popen(R"(printf 'caf\303\251\nb\nc\n')");
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
    auto file = os::popen("cat > '" + path + "'", "w");
    file.write("written before the end of the scope");
  }
  EXPECT_EQ(contents(path), "written before the end of the scope");
}

// SP-199
TEST(OsPopen, SeesChangesOfTheEnvironmentAtRunTime) {
  const ScopedEnv fruit("PROGENY_TEST_FRUIT", "apple");
  EXPECT_EQ(os::popen("echo $PROGENY_TEST_FRUIT").read(), "apple\n");
}

// SP-200
TEST(OsPopen, PassesTheCommandThroughTheShell) {
  const std::string show = "'" + test_child() + "' print_args ";
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
  EXPECT_EQ(os::popen("exit 42").close(), 42 << 8);
}

// SP-201
TEST(OsPopen, CloseIsTheWaitStatusOfASignal) {
  EXPECT_EQ(os::popen("kill -9 $$").close(), 9);
}

// SP-201
TEST(OsPopen, CloseAgainReturnsTheSame) {
  auto file = os::popen("exit 42");
  EXPECT_EQ(file.close(), 42 << 8);
  EXPECT_EQ(file.close(), 42 << 8);
}

// SP-201
TEST(OsPopen, CloseWhileTheCommandStillWritesEndsIt) {
  // The shell's `:` loop dies of the broken pipe.
  auto file = os::popen("while echo x; do :; done 2>/dev/null");
  EXPECT_EQ(file.readline(), "x\n");
  EXPECT_NE(file.close(), std::nullopt);
}

// SP-202
TEST(OsPopen, ModeWFeedsStdinAndCloseWaits) {
  const TempDir dir;
  const std::string path = (dir.path() / "out").string();
  auto file = os::popen("cat > '" + path + "'; exit 3", "w");
  EXPECT_EQ(file.write("caf\u00e9"), 4U);
  file.flush();
  EXPECT_EQ(file.close(), 3 << 8);
  EXPECT_EQ(contents(path), "caf\u00e9");
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
