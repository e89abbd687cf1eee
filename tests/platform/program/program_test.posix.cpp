#include "platform/program/modules.hpp"
#include "platform/program/program.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/file_contents.hpp"
#include "support/system/scoped_env.hpp"
#include "support/system/temp_dir.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include <dlfcn.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

namespace fs = std::filesystem;
using testing::ScopedEnv;

// As the kernel has them, each ended by a NUL.
TEST(ProgramArguments, AreThoseOfTheProcess) {
  std::string line;
  for (const std::string& argument : program_arguments()) {
    line += argument + '\0';
  }
  EXPECT_EQ(line, testing::contents("/proc/self/cmdline"));
}

// A constructor of this program asks before its `main` runs.
const std::string first_argument_at_load = program_arguments().front();

TEST(ProgramArguments, AreKnownBeforeMain) {
  EXPECT_EQ(first_argument_at_load, program_arguments().front());
  EXPECT_FALSE(first_argument_at_load.empty());
}

TEST(RestartCommand, LeadsToThisProgram) {
  EXPECT_TRUE(fs::equivalent(restart_command({"x"}).program, program_path()));
}

// A shell that runs from a file of its own deletes it, and starts itself again.
TEST(RestartCommand, LeadsToAProgramWhoseFileIsGone) {
  const testing::TempDir dir;
  const auto copy = dir.path() / "program";
  fs::copy_file("/bin/sh", copy);
  testing::ForkedChild child([&] {
    const std::string command =
        "rm '" + copy.string() + "'; exec " + restart_command({}).program + " -c 'exit 7'";
    return ::execl(copy.c_str(), "sh", "-c", command.c_str(), nullptr);
  });
  EXPECT_EQ(child.wait(), 7);
}

std::optional<std::string> preloaded_for(const void* place) {
  return environment_with(place).get("LD_PRELOAD");
}

// Under the address sanitizer nothing may be loaded before its own library.
bool is_address_sanitizer_there() {
  return ::dlsym(RTLD_DEFAULT, "__asan_init") != nullptr;
}

const void* place_in_a_library() {
  return ::dlsym(RTLD_DEFAULT, "getpid");
}

TEST(EnvironmentWith, LoadsTheLibraryOfThePlace) {
  if (is_address_sanitizer_there()) {
    GTEST_SKIP() << "programs with the address sanitizer load nothing before it";
  }
  const std::string library = place_of(place_in_a_library())->module.path;
  const ScopedEnv none("LD_PRELOAD", std::nullopt);
  EXPECT_EQ(preloaded_for(place_in_a_library()), library);
  const ScopedEnv some("LD_PRELOAD", "/no/such/library.so");
  EXPECT_EQ(preloaded_for(place_in_a_library()), library + ":/no/such/library.so");
}

TEST(EnvironmentWith, IsThisProcessesForAPlaceInTheProgramOrNowhere) {
  const ScopedEnv none("LD_PRELOAD", std::nullopt);
  static const int in_the_program = 0;
  EXPECT_EQ(preloaded_for(&in_the_program), std::nullopt);
  const int on_the_stack = 0;
  EXPECT_EQ(preloaded_for(&on_the_stack), std::nullopt);
  const ScopedEnv variable("PROGENY_TEST_VARIABLE", "a value");
  EXPECT_EQ(environment_with(&in_the_program).get("PROGENY_TEST_VARIABLE"), "a value");
  EXPECT_EQ(environment_with(place_in_a_library()).get("PROGENY_TEST_VARIABLE"), "a value");
}

// The variable takes blanks and colons for separators, so such a path is left out.
TEST(EnvironmentWith, LeavesOutAPathThatTheVariableCannotHold) {
  const ScopedEnv none("LD_PRELOAD", std::nullopt);
  const testing::TempDir dir;
  for (const char* const name : {"with blank.so", "with:colon.so", "plain.so"}) {
    const auto copy = dir.path() / name;
    fs::copy_file(PROGENY_TEST_LIBRARY, copy);
    void* const library = ::dlopen(copy.c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << ::dlerror();
    const bool can_be_held = std::string(name) == "plain.so" && !is_address_sanitizer_there();
    EXPECT_EQ(preloaded_for(::dlsym(library, "progeny_test_double")).has_value(), can_be_held)
        << name;
    ::dlclose(library);
  }
}

TEST(ProgramIsPrivileged, IsNotOneThatItsUserStarted) {
  EXPECT_FALSE(program_is_privileged());
}

}  // namespace

}  // namespace progeny::platform
