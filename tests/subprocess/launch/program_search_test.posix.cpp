#include "support/children/child_args.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/executable_file.posix.hpp"
#include "support/system/scoped_env.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/environment.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;
namespace fs = std::filesystem;

// A single word is meant as a list, as a bare name would be given.
sp::Args bare(const std::string& name) {
  return sp::Args(std::vector<std::string>{name});
}

progeny::Environment with_path(const std::string& path) {
  return {{"PATH", path}};
}

// SP-010
TEST(ProgramSearch, FallsBackToTheSystemsFoldersWithoutPath) {
  EXPECT_EQ(sp::run(bare("true"), {.env = {}}).returncode, 0);
}

// SP-010
TEST(ProgramSearch, DoesNotUseTheParentsPathIfEnvIsGiven) {
  const TempDir dir;
  make_script(dir.path() / "only_here", 47);
  const ScopedEnv path("PATH", dir.path().string());
  EXPECT_EQ(sp::run(bare("only_here")).returncode, 47);
  EXPECT_EQ(failure_of([] { sp::run(bare("only_here"), {.env = {}}); }),
            (Failure{ENOENT, "only_here"}));
}

// SP-010
TEST(ProgramSearch, UsesThePathOfTheGivenEnvironment) {
  const TempDir dir;
  make_script(dir.path() / "only_here", 47);
  EXPECT_EQ(sp::run(bare("only_here"), {.env = with_path(dir.path().string())}).returncode, 47);
}

// SP-012
TEST(ProgramSearch, ReportsTheFirstFailureThatSaysMoreThanMissing) {
  const TempDir dir;
  for (const char* name : {"one", "two"}) {
    fs::create_directory(dir.path() / name);
  }
  fs::create_symlink("tool", dir.path() / "one" / "tool");
  std::ofstream(dir.path() / "two" / "tool") << "not executable";
  const std::string one = (dir.path() / "one").string();
  const std::string two = (dir.path() / "two").string();
  const auto failure = [](const std::string& path) {
    return failure_of([&] { sp::run(bare("tool"), {.env = with_path(path)}); });
  };
  EXPECT_EQ(failure("/no/such:" + one + ":" + two + ":/no/such"), (Failure{ELOOP, "tool"}));
  EXPECT_EQ(failure("/no/such:" + two + ":" + one + ":/no/such"), (Failure{EACCES, "tool"}));
}

// SP-012
TEST(ProgramSearch, ReportsAMissingProgramByTheNameThatWasGiven) {
  const TempDir dir;
  const std::string file = make_script(dir.path() / "file", 0);
  const auto failure = [](const std::string& path) {
    return failure_of([&] { sp::run(bare("tool"), {.env = with_path(path)}); });
  };
  EXPECT_EQ(failure(dir.path().string()), (Failure{ENOENT, "tool"}));
  EXPECT_EQ(failure(file + ":" + dir.path().string()), (Failure{ENOENT, "tool"}));
}

// SP-012
TEST(ProgramSearch, GoesOnBehindACandidateThatCannotRun) {
  const TempDir dir;
  for (const char* name : {"one", "two"}) {
    fs::create_directory(dir.path() / name);
  }
  std::ofstream(dir.path() / "one" / "tool") << "not executable";
  make_script(dir.path() / "two" / "tool", 47);
  const std::string path = (dir.path() / "one").string() + ":" + (dir.path() / "two").string();
  EXPECT_EQ(sp::run(bare("tool"), {.env = with_path(path)}).returncode, 47);
}

// SP-013
TEST(ProgramSearch, TakesAnEmptyElementForTheChildsFolder) {
  const TempDir dir;
  make_script(dir.path() / "tool", 47);
  for (const char* path : {":/no/such", "/no/such:", "/no/such::/no/such", ""}) {
    EXPECT_EQ(sp::run(bare("tool"), {.cwd = dir.path(), .env = with_path(path)}).returncode, 47)
        << path;
  }
}

// SP-013
TEST(ProgramSearch, DoesNotLookIntoTheFolderOtherwise) {
  const TempDir dir;
  make_script(dir.path() / "tool", 47);
  EXPECT_EQ(
      failure_of([&] { sp::run(bare("tool"), {.cwd = dir.path(), .env = with_path("/no/such")}); }),
      (Failure{ENOENT, "tool"}));
}

// SP-013
TEST(ProgramSearch, LeavesNamesWithASlashAlone) {
  const TempDir dir;
  fs::create_directory(dir.path() / "sub");
  make_script(dir.path() / "sub" / "tool", 47);
  EXPECT_EQ(failure_of([&] { sp::run(bare("sub/tool"), {.env = with_path(dir.path().string())}); }),
            (Failure{ENOENT, "sub/tool"}));
}

// SP-015, I5. An empty name is each folder of PATH, which cannot be executed, as in Python.
TEST(Executable, IsNotReplacedIfItIsEmpty) {
  EXPECT_EQ(failure_of([] { sp::run(child("exit_with", "0"), {.executable = ""}); }),
            (Failure{EACCES, ""}));
  EXPECT_EQ(failure_of([] { sp::run("true", {.executable = "", .shell = true}); }),
            (Failure{EACCES, ""}));
}

// SP-015
TEST(Executable, IsSearchedForIfItIsABareName) {
  EXPECT_EQ(sp::run(child("exit_with", "5"), {.executable = "true"}).returncode, 0);
}

// SP-022
TEST(RelativeProgram, IsResolvedAgainstTheChildsFolder) {
  const TempDir dir;
  make_script(dir.path() / "tool", 47);
  EXPECT_EQ(sp::run(bare("./tool"), {.cwd = dir.path()}).returncode, 47);
  EXPECT_EQ(sp::run(bare("any"), {.executable = "./tool", .cwd = dir.path()}).returncode, 47);
}

// SP-022
TEST(RelativeProgram, IsMissingElsewhere) {
  const TempDir dir;
  const TempDir wrong;
  make_script(dir.path() / "tool", 47);
  const Failure missing{.error = ENOENT, .filename = "./tool"};
  EXPECT_EQ(failure_of([] { sp::run(bare("./tool")); }), missing);
  EXPECT_EQ(failure_of([&] { sp::run(bare("./tool"), {.cwd = wrong.path()}); }), missing);
  EXPECT_EQ(failure_of([] { sp::run(bare("any"), {.executable = "./tool"}); }), missing);
  EXPECT_EQ(
      failure_of([&] { sp::run(bare("any"), {.executable = "./tool", .cwd = wrong.path()}); }),
      missing);
}

// SP-023
TEST(AbsoluteProgram, RunsInEveryFolder) {
  const TempDir dir;
  EXPECT_EQ(sp::check_output(child("print_cwd"), {.cwd = dir.path()}), dir.path().string());
  EXPECT_EQ(sp::check_output(child("print_cwd"), {.cwd = "/"}), "/");
}

// SP-027
TEST(UnfitProgram, ScriptWithoutItsInterpreterIsMissing) {
  const TempDir dir;
  const std::string script = make_executable(dir.path() / "script", "#!/no/such/interpreter\n");
  EXPECT_EQ(failure_of([&] { sp::run(bare(script)); }), (Failure{ENOENT, script}));
}

// SP-027
TEST(UnfitProgram, FolderIsRefused) {
  const TempDir dir;
  const std::string folder = dir.path().string();
  EXPECT_EQ(failure_of([&] { sp::run(bare(folder)); }), (Failure{EACCES, folder}));
}

// SP-027
TEST(UnfitProgram, FileThatIsNotExecutableIsRefused) {
  const TempDir dir;
  const std::string file = (dir.path() / "file").string();
  std::ofstream(file) << "#!/bin/sh\n";
  EXPECT_EQ(failure_of([&] { sp::run(bare(file)); }), (Failure{EACCES, file}));
}

}  // namespace
