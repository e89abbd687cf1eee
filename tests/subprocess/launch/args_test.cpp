#include "support/children/child_args.hpp"
#include "support/children/seen_args.hpp"
#include "support/children/trace.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;
namespace fs = std::filesystem;

// SP-001
TEST(Args, ReachTheChildAsTheyAre) {
  const std::vector<std::string> words{"",   "a b",  "*",  "?",   "$HOME",  "~",  "\"",        "'",
                                       "\\", "\t",   "\n", "`x`", ";",      "%d", "--",        "-c",
                                       "{}", "a\nb", " ",  "&",   R"(\\")", "#x", "$(exit 3)", ""};
  EXPECT_EQ(seen_by_a_child(words), words);
}

// SP-001
TEST(Args, MayBeNone) {
  EXPECT_EQ(seen_by_a_child({}), std::vector<std::string>{});
}

// SP-002
TEST(Args, ExitCodesComeBackUnchanged) {
  for (const int code : {0, 1, 47, 100, 127, 255}) {
    EXPECT_EQ(sp::run(child("exit_with", std::to_string(code))).returncode, code);
  }
}

// SP-005
TEST(Args, EmptyListIsRefused) {
  EXPECT_THROW(sp::run(std::vector<std::string>{}), progeny::ValueError);
  EXPECT_THROW(sp::Popen(std::vector<std::string>{}), progeny::ValueError);
}

// SP-006
TEST(Args, NulInTheProgramIsRefused) {
  const Trace trace;
  const std::string program = test_child() + std::string(1, '\0');
  EXPECT_THROW(sp::run(std::vector<std::string>{program, "create_file", trace.path()}),
               progeny::ValueError);
  EXPECT_THROW(sp::run(program), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-006
TEST(Args, NulInAnArgumentIsRefused) {
  const Trace trace;
  EXPECT_THROW(sp::run(child("create_file", trace.path(), std::string(1, '\0'))),
               progeny::ValueError);
  EXPECT_THROW(sp::run(child("create_file", trace.path() + std::string("\0x", 2))),
               progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-006
TEST(Args, NulInFolderOrExecutableIsRefused) {
  const Trace trace;
  EXPECT_THROW(sp::run(trace.command(), {.cwd = std::string("/\0x", 3)}), progeny::ValueError);
  EXPECT_THROW(sp::run(trace.command(), {.executable = test_child() + std::string(1, '\0')}),
               progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-007
TEST(Args, StringsAndPathsMixInOneList) {
  EXPECT_EQ(sp::run({fs::path(test_child()), "exit_with", fs::path("57")}).returncode, 57);
  EXPECT_EQ(sp::run({test_child(), fs::path("exit_with"), std::string("57")}).returncode, 57);
}

// SP-007
TEST(Args, LonePathIsRefusedTogetherWithShell) {
  EXPECT_THROW(sp::run(fs::path(test_child()), {.shell = true}), progeny::ValueError);
}

// SP-007
TEST(Args, ExecutableAndFolderMayBePaths) {
  const TempDir dir;
  EXPECT_EQ(sp::check_output({"any", "print_cwd"},
                             {.executable = fs::path(test_child()), .cwd = dir.path()}),
            dir.path().string());
}

// SP-028
TEST(Popen, KnowsItsDirectChild) {
  const sp::Args args = child("print_pid");
  sp::Popen process(args, {.std_out = sp::PIPE});
  EXPECT_GT(process.pid(), 0);
  EXPECT_EQ(process.args().items(), args.items());
  EXPECT_EQ(process.returncode(), std::nullopt);
  EXPECT_EQ(std::stoi(process.communicate().std_out.value_or("0")), process.pid());
}

}  // namespace
