#include "support/system/system_variables.hpp"

#include <sstream>

namespace progeny::testing {

// Windows cannot do without the first two, and Wine not without its own.
std::string without_system_variables(const std::string& listing) {
  std::istringstream lines(listing);
  std::string rest;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("SystemDrive=") && !line.starts_with("SystemRoot=") &&
        !line.starts_with("WINE")) {
      rest += line + '\n';
    }
  }
  return rest;
}

}  // namespace progeny::testing
