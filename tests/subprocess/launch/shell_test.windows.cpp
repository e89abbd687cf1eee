#include "support/children/child_args.hpp"
#include "support/system/scoped_env.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace {

using namespace progeny::testing;
namespace os = progeny::os;
namespace sp = progeny::subprocess;

// SP-020
TEST(Shell, RunsAStringAndAList) {
  EXPECT_EQ(sp::check_output("echo one two", {.shell = true}), "one two\r\n");
  EXPECT_EQ(sp::check_output({"echo", "one"}, {.shell = true}), "one\r\n");
}

// SP-020
TEST(Shell, RunsAProgramWithBlanksInItsNameAndArguments) {
  const TempDir folder;
  const std::filesystem::path program = folder.path() / "with some blanks.exe";
  std::filesystem::copy_file(test_child(), program);
  EXPECT_EQ(sp::check_output({program.string(), "print_args", "a b"}, {.shell = true}), "a b\n");
  EXPECT_EQ(sp::check_output("\"" + program.string() + "\" print_args \"a b\"", {.shell = true}),
            "a b\n");
}

// SP-020
TEST(Shell, ShowsTheChildsEnvironment) {
  auto env = os::environment();
  env.set("PROGENY_FRUIT", "orange");
  const std::string listed = sp::check_output("set", {.shell = true, .env = env});
  EXPECT_NE(listed.find("PROGENY_FRUIT=orange\r\n"), std::string::npos) << listed;
}

// SP-020
TEST(Shell, GivesItsExitCode) {
  EXPECT_EQ(sp::call("exit 47", {.shell = true}), 47);
}

// SP-021
TEST(Shell, IsTheOneThatComSpecNamesByAnAbsolutePath) {
  const ScopedEnv other("ComSpec", test_child());
  EXPECT_NE(sp::call("ignored", {.shell = true}), 0);  // The test child knows no command `/c`.
}

// SP-021
TEST(Shell, IsTheSystemsWhereComSpecNamesNone) {
  for (const char* const value : {"", "cmd.exe", ".\\cmd.exe"}) {
    const ScopedEnv other("ComSpec", value);
    EXPECT_EQ(sp::call("exit 5", {.shell = true}), 5) << value;
  }
}

// SP-021
TEST(Shell, IsNeverTakenFromTheCurrentFolder) {
  const TempDir folder;
  std::filesystem::copy_file(test_child(), folder.path() / "cmd.exe");
  const ScopedEnv none("ComSpec", std::nullopt);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  EXPECT_EQ(sp::call("exit 5", {.shell = true}), 5);
  std::filesystem::current_path(before);
}

// SP-021
TEST(Shell, ThatNothingNamesIsNotFound) {
  const ScopedEnv none("ComSpec", std::nullopt);
  const ScopedEnv no_root("SystemRoot", std::nullopt);
  try {
    sp::call("exit 5", {.shell = true});
    FAIL() << "no exception";
  } catch (const progeny::OSError& error) {
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
  }
}

// SP-203, SP-201
TEST(Shell, OfOsGivesExitCodes) {
  EXPECT_EQ(os::system("exit 3"), 3);
  EXPECT_EQ(os::system(""), 0);
  EXPECT_EQ(os::popen("exit 42").close(), 42);
  EXPECT_EQ(os::popen("exit 0").close(), std::nullopt);
}

}  // namespace
