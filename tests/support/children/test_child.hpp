#pragma once

// The program that plays the child in tests.

#include <string>

namespace progeny::testing {

/// The path of the program in tests/children; its first argument is the command.
[[nodiscard]] inline std::string test_child() {
  return PROGENY_TEST_CHILD;  // The build defines it.
}

}  // namespace progeny::testing
