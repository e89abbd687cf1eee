#include "support/child_args.hpp"
#include "support/temp_dir.hpp"

#include <progeny/subprocess/list2cmdline.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <string_view>
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

std::string random_argument(std::mt19937& random) {
  constexpr std::string_view letters = "ab\\\\\"\" \t'^&%<>|\n\xC3\xA4*?~";
  std::string text;
  for (auto size = random() % 9; size > 0; --size) {
    // Pieces of a letter of two bytes are no text that Windows could hand over.
    const char letter = letters[random() % letters.size()];
    text += letter == '\xC3' || letter == '\xA4' ? std::string("\xC3\xA4") : std::string(1, letter);
  }
  return text;
}

std::string hex_lines(const std::vector<std::string>& words) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::string& word : words) {
    for (const char byte : word) {
      text += digits[static_cast<unsigned char>(byte) >> 4U];
      text += digits[static_cast<unsigned char>(byte) & 15U];
    }
    text += '\n';
  }
  return text;
}

// SP-208. Each vector is a process.
TEST(CommandLine, OfAnyArgumentsIsSplitIntoThemByARealChild) {
  std::mt19937 random(24576);  // NOLINT(bugprone-random-generator-seed): the same each time.
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> words(1 + random() % 5);
    for (std::string& word : words) {
      word = random_argument(random);
    }
    std::vector<std::string> args{test_child(), "print_args_hex"};
    args.insert(args.end(), words.begin(), words.end());
    ASSERT_EQ(sp::check_output(args), hex_lines(words)) << sp::list2cmdline(args);
  }
}

}  // namespace
