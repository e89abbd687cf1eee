#include "support/system/system_variables.hpp"

namespace progeny::testing {

// There are none.
std::string without_system_variables(const std::string& listing) {
  return listing;
}

}  // namespace progeny::testing
