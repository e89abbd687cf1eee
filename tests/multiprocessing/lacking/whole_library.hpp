#pragma once

// Runs whole_library.posix.cpp, which uses every kind of object of the library.

#include "support/system/process_facts.hpp"

#include <progeny/subprocess/run.hpp>

#include <string>
#include <utility>
#include <vector>

// The build defines PROGENY_WHOLE_LIBRARY: the path of the program.

namespace progeny::testing {

/// What the program complains about; empty if everything works. `words` as its head says; `limit`
/// is a command of the shell, such as `ulimit -f 0`, to be run before.
[[nodiscard]] inline std::string complaints_of_whole_library(std::vector<std::string> words,
                                                             const std::string& limit = {}) {
  words.insert(words.begin(), PROGENY_WHOLE_LIBRARY);
  if (!limit.empty()) {
    words.insert(words.begin(), {"/bin/sh", "-c", limit + "; exec \"$0\" \"$@\""});
  }
  const auto done = subprocess::run(words,
                                    {.timeout = very_long,
                                     .std_err = subprocess::PIPE,
                                     .start_new_session = true,
                                     .at_scope_exit = subprocess::AtScopeExit::kill});
  if (done.returncode == 0) {
    return {};
  }
  return "ends with " + std::to_string(done.returncode) + ": " + *done.std_err;
}

}  // namespace progeny::testing
