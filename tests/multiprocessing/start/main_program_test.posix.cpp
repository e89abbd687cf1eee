// A program with children (tests/main/how_launched.cpp), launched in all the ways that users do.

#include "multiprocessing/methods.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/subprocess/run.hpp>

#include <filesystem>
#include <string>

namespace {

namespace fs = std::filesystem;
namespace sp = progeny::subprocess;

class MainProgram : public progeny::testing::EveryMethod {
 protected:
  // The children call a function of the program, and its `main` runs once.
  static void expect_squares(const std::string& program, sp::Options options = {}) {
    options.capture_output = true;
    options.text = true;
    options.timeout = progeny::testing::very_long;
    const auto done = sp::run({program, GetParam()}, options);
    EXPECT_EQ(done.std_out.value(), GetParam() + " -> [1, 4, 9]\n");
    EXPECT_EQ(done.std_err.value(), "");
    EXPECT_EQ(done.returncode, 0);
  }

  static fs::path program() { return PROGENY_MAIN_PROGRAM; }
};
INSTANTIATE_FOR_EVERY_METHOD(MainProgram);

// MP-063
TEST_P(MainProgram, LaunchedByItsPath) {
  expect_squares(program());
}

// MP-063
TEST_P(MainProgram, LaunchedByARelativePath) {
  expect_squares(fs::path(".") / program().filename(), {.cwd = program().parent_path()});
}

// MP-063
TEST_P(MainProgram, FoundInThePath) {
  expect_squares(program().filename(), {.env = {{"PATH", program().parent_path()}}});
}

// MP-063
TEST_P(MainProgram, LaunchedByALink) {
  const progeny::testing::TempDir folder;
  const auto link = folder.path() / "other name";
  fs::create_symlink(program(), link);
  expect_squares(link);
}

// MP-063: as in Python, where a program need not end in .py.
TEST_P(MainProgram, LaunchedUnderANameWithASuffix) {
  const progeny::testing::TempDir folder;
  const auto copy = folder.path() / "program.bin";
  fs::copy_file(program(), copy);
  expect_squares(copy);
}

// MP-063: argv[0] does not matter.
TEST_P(MainProgram, LaunchedUnderAFalseName) {
  expect_squares("nowhere/nothing", {.executable = program()});
}

}  // namespace
