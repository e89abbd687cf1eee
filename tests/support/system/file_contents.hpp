#pragma once

// What a file holds.

#include <fstream>
#include <iterator>
#include <string>

namespace progeny::testing {

/// All of it, as text of the system.
inline std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace progeny::testing
