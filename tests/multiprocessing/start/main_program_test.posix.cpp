// A program with children (tests/main/how_launched.cpp), launched in all the ways that users do.

#include "multiprocessing/methods.hpp"
#include "support/system/scoped_env.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/subprocess/run.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

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

// The dynamic loader that the program names.
std::string loader() {
  const auto words = sp::check_output({"readelf", "-l", PROGENY_MAIN_PROGRAM}, {.text = true});
  constexpr std::string_view before = "program interpreter: ";
  const auto start = words.find(before) + before.size();
  return words.substr(start, words.find(']', start) - start);
}

// J1: /proc/self/exe is the loader then.
TEST_P(MainProgram, LaunchedThroughTheLoader) {
  const std::string path = loader();
  const std::string relative = fs::path(".") / program().filename();
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{path, relative},
        std::vector<std::string>{
            path, "--inhibit-cache", "--library-path", "/nowhere", relative}}) {
    auto words = command;
    words.push_back(GetParam());
    const auto done = sp::run(words,
                              {.capture_output = true,
                               .timeout = progeny::testing::very_long,
                               .cwd = program().parent_path(),
                               .text = true});
    EXPECT_EQ(done.std_out.value(), GetParam() + " -> [1, 4, 9]\n");
    EXPECT_EQ(done.std_err.value(), "");
    EXPECT_EQ(done.returncode, 0);
  }
}

// J3: the parent says what is missing, and nothing hangs.
TEST_P(MainProgram, WithoutAWayInIsToldSoAtTheStart) {
  const auto done =
      sp::run({PROGENY_NO_WAY_IN, GetParam()},
              {.capture_output = true, .timeout = progeny::testing::very_long, .text = true});
  const auto& text = done.std_out.value();
  EXPECT_EQ(done.std_err.value(), "");
  EXPECT_EQ(done.returncode, 0);
  if (GetParam() == "fork") {
    EXPECT_EQ(text, "main\n1\n");
  } else {
    EXPECT_EQ(text.find("main\nthis program has no way in"), 0U) << text;
    EXPECT_NE(text.find("freeze_support()"), std::string::npos) << text;
  }
}

// J7
TEST_P(MainProgram, MayNotKnowThatItsLibraryHasChildren) {
  const auto done =
      sp::run({PROGENY_UNAWARE, GetParam()},
              {.capture_output = true, .timeout = progeny::testing::very_long, .text = true});
  EXPECT_EQ(done.std_out.value(), "main 2 7\n");
  EXPECT_EQ(done.std_err.value(), "");
  EXPECT_EQ(done.returncode, 0);
}

// J2: the forkserver has to be told the folder; the others need not know it.
TEST_P(MainProgram, InAFolderThatIsGone) {
  const progeny::testing::TempDir folder;
  const progeny::testing::ScopedEnv variable("PROGENY_TEST_GONE", folder.path().string());
  if (GetParam() != "forkserver") {
    expect_squares(program());
    return;
  }
  const auto done = sp::run({program(), GetParam()}, {.capture_output = true, .text = true});
  EXPECT_NE(done.std_err.value().find("progeny::OSError"), std::string::npos);
  EXPECT_NE(done.std_err.value().find("getcwd: No such file"), std::string::npos);
}

}  // namespace
