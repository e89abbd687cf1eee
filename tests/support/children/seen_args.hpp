#pragma once

// What arrives at a child of the words that it is started with.

#include "support/children/test_child.hpp"

#include <progeny/subprocess/run.hpp>

#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

namespace progeny::testing {

/// The bytes of each argument that a child gets when it is started with `words`.
[[nodiscard]] inline std::vector<std::string> seen_by_a_child(
    const std::vector<std::string>& words) {
  std::vector<std::string> command{test_child(), "print_args_hex"};
  command.insert(command.end(), words.begin(), words.end());
  std::istringstream lines(subprocess::check_output(command));
  std::vector<std::string> seen;
  for (std::string line; std::getline(lines, line);) {
    std::string bytes;
    for (std::size_t at = 0; at < line.size(); at += 2) {
      bytes += static_cast<char>(std::stoi(line.substr(at, 2), nullptr, 16));
    }
    seen.push_back(bytes);
  }
  return seen;
}

}  // namespace progeny::testing
