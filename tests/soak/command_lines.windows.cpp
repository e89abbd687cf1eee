// Whether a command line made of any arguments is split into them again, by both parsers that
// programs use: CommandLineToArgvW, and the C runtime's. Many vectors go into each line, since the
// rules for an argument do not depend on those around it.
//
//   progeny_soak [--short] [command_lines]

#include "support/children/child_args.hpp"
#include "support/children/random_arguments.hpp"

#include <progeny/subprocess.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

constexpr int vectors_in_line = 50;

// The arguments of so many vectors, one after the other.
std::vector<std::string> arguments_of_line(std::mt19937& random) {
  std::vector<std::string> words;
  for (int vector = 0; vector < vectors_in_line; ++vector) {
    const std::vector<std::string> some = random_arguments(random);
    words.insert(words.end(), some.begin(), some.end());
  }
  return words;
}

bool is_split_again(const std::string& command, const std::vector<std::string>& words) {
  std::vector<std::string> args{test_child(), command};
  args.insert(args.end(), words.begin(), words.end());
  if (sp::check_output(args) == hex_lines(words)) {
    return true;
  }
  fmt::print("{}: split otherwise: {}\n", command, sp::list2cmdline(args));
  return false;
}

bool command_lines(int vectors) {
  const auto begin = std::chrono::steady_clock::now();
  std::mt19937 random(24576);  // NOLINT(bugprone-random-generator-seed): the same each time.
  std::size_t arguments = 0;
  bool good = true;
  for (int done = 0; done < vectors; done += vectors_in_line) {
    const std::vector<std::string> words = arguments_of_line(random);
    arguments += words.size();
    good = is_split_again("print_args_hex", words) && good;
    good = is_split_again("print_runtime_args_hex", words) && good;
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  fmt::print(
      "command_lines {} vectors of {} arguments by 2 parsers, in {} children and {:.1f} s: {}\n",
      vectors,
      arguments,
      2 * vectors / vectors_in_line,
      time.count(),
      good ? "good" : "WRONG");
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const bool is_short = std::ranges::find(words, "--short") != words.end();
    return command_lines(is_short ? 500 : 10000) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "command_lines: %s\n", error.what());
    return 2;
  }
}
