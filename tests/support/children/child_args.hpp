#pragma once

// Commands for the program in tests/children, as arguments of Popen and run.

#include "support/children/test_child.hpp"

#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/options.hpp>

#include <string>
#include <vector>

namespace progeny::testing {

/// The test child with these words: `child("exit_with", "3")`.
template <class... Words>
[[nodiscard]] subprocess::Args child(const Words&... words) {
  return subprocess::Args(std::vector<std::string>{test_child(), words...});
}

/// The same for the shell, whose rules for these simple words are alike everywhere.
template <class... Words>
[[nodiscard]] std::string shell_line(const Words&... words) {
  std::string line = '"' + test_child() + '"';
  ((line += std::string(" ") + words), ...);
  return line;
}

/// Options with a pipe on all three streams.
[[nodiscard]] inline subprocess::Options all_pipes() {
  return {.std_in = subprocess::PIPE, .std_out = subprocess::PIPE, .std_err = subprocess::PIPE};
}

/// Options with one terminal on all three streams.
[[nodiscard]] inline subprocess::Options all_terminal() {
  return {.std_in = subprocess::PTY, .std_out = subprocess::PTY, .std_err = subprocess::PTY};
}

}  // namespace progeny::testing
