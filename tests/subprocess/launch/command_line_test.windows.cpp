#include "support/children/child_args.hpp"
#include "support/children/random_arguments.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/subprocess/list2cmdline.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

// SP-004
TEST(CommandLine, AsOneStringIsHandedOverAsItIs) {
  const std::string line = quoted(test_child()) + "  print_command_line   'a  b' \"c d\"";
  EXPECT_EQ(sp::check_output(line), line);
}

// SP-004
TEST(CommandLine, OfAProgramWithBlanksInItsNameWorksInQuotes) {
  const TempDir folder;
  const std::filesystem::path program = folder.path() / "with some blanks.exe";
  std::filesystem::copy_file(test_child(), program);
  const std::string name = program.string();
  EXPECT_EQ(sp::check_output(quoted(name) + " print_args \"a b\" c"), "a b\nc\n");
  EXPECT_EQ(sp::check_output({name, "print_args", "a b", "c"}), "a b\nc\n");
}

// SP-004
TEST(CommandLine, BeginsWithTheArgumentThatExecutableOverrides) {
  const sp::Args args{"any name", "print_command_line"};
  EXPECT_EQ(sp::check_output(args, {.executable = test_child()}),
            "\"any name\" print_command_line");
}

// SP-208. Each vector is a process; `./dev soak` tries ten thousand.
TEST(CommandLine, OfAnyArgumentsIsSplitIntoThemByARealChild) {
  std::mt19937 random(24576);  // NOLINT(bugprone-random-generator-seed): the same each time.
  for (int round = 0; round < 200; ++round) {
    const std::vector<std::string> words = random_arguments(random);
    std::vector<std::string> args{test_child(), "print_args_hex"};
    args.insert(args.end(), words.begin(), words.end());
    ASSERT_EQ(sp::check_output(args), hex_lines(words)) << sp::list2cmdline(args);
  }
}

}  // namespace
