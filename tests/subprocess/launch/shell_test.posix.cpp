#include "support/system/scoped_env.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <filesystem>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-016
TEST(Shell, RunsAStringWithTheChildsEnvironment) {
  EXPECT_EQ(sp::check_output("echo $FRUIT", {.shell = true, .env = {{"FRUIT", "apple"}}}),
            "apple\n");
}

// SP-016
TEST(Shell, UnderstandsWhatAShellUnderstands) {
  EXPECT_EQ(sp::check_output("echo b a | tr ' ' '\\n' | sort && echo 'c  d'", {.shell = true}),
            "a\nb\nc  d\n");
}

// SP-016
TEST(Shell, IsBinShWhateverTheVariableSays) {
  const ScopedEnv variable("SHELL", "/no/such/shell");
  EXPECT_EQ(sp::check_output("echo $0", {.shell = true}), "/bin/sh\n");
}

// SP-015, SP-016
TEST(Shell, IsAnotherOneIfExecutableNamesIt) {
  const TempDir dir;
  const std::filesystem::path own = dir.path() / "own_shell";
  std::filesystem::create_symlink("/bin/sh", own);
  EXPECT_EQ(sp::check_output("echo $0", {.executable = own, .shell = true}), own.string() + "\n");
}

// SP-017
TEST(Shell, GetsTheRestOfAListAsItsArguments) {
  EXPECT_EQ(sp::check_output({"echo $0 $1", "A", "B"}, {.shell = true}), "A B\n");
}

// SP-017
TEST(Shell, DoesNotInterpretItsArguments) {
  EXPECT_EQ(sp::check_output({"printf '%s|' \"$0\" \"$@\"", "$HOME", "a  b", "; exit 3", ""},
                             {.shell = true}),
            "$HOME|a  b|; exit 3||");
}

// SP-019
TEST(Shell, ReportsAnUnknownCommandAs127) {
  const auto done = sp::run("no_such_command_anywhere", {.std_err = sp::DEVNULL, .shell = true});
  EXPECT_EQ(done.returncode, 127);
}

}  // namespace
