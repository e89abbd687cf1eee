#include "support/children/child_args.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;
namespace fs = std::filesystem;

// SP-076
TEST(Cwd, IsWhereTheChildStarts) {
  const TempDir dir;
  EXPECT_EQ(sp::check_output(child("print_cwd"), {.cwd = dir.path()}), dir.path().string());
  EXPECT_EQ(sp::check_output(child("print_cwd"), {.cwd = dir.path().string()}),
            dir.path().string());
}

// SP-076
TEST(Cwd, OfTheParentStaysAsItIs) {
  const TempDir dir;
  const fs::path before = fs::current_path();
  EXPECT_EQ(sp::check_output(child("print_cwd")), before.string());
  sp::run(child("exit_with", "0"), {.cwd = dir.path()});
  EXPECT_EQ(fs::current_path(), before);
}

// SP-078
TEST(Cwd, ThatIsMissingIsNamed) {
  EXPECT_EQ(failure_of([] { sp::run(child("exit_with", "0"), {.cwd = "/no/such"}); }),
            (Failure{ENOENT, "/no/such"}));
}

// SP-078
TEST(Cwd, ThatIsAFileIsNamed) {
  const TempDir dir;
  const std::string file = (dir.path() / "file").string();
  std::ofstream(file) << "no folder";
  EXPECT_EQ(failure_of([&] { sp::run(child("exit_with", "0"), {.cwd = file}); }),
            (Failure{ENOTDIR, file}));
}

// SP-078
TEST(Cwd, ThatIsEmptyIsAFolderThatDoesNotExist) {
  EXPECT_EQ(failure_of([] { sp::run(child("exit_with", "0"), {.cwd = ""}); }),
            (Failure{ENOENT, ""}));
}

// SP-079
TEST(Cwd, IsNotBlamedForTheProgram) {
  EXPECT_EQ(failure_of([] { sp::run({"/no/such/program"}, {.cwd = "/"}); }),
            (Failure{ENOENT, "/no/such/program"}));
}

}  // namespace
