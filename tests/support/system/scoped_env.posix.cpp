#include "support/system/scoped_env.hpp"

#include <cstdlib>

namespace progeny::testing {

// NOLINTBEGIN(concurrency-mt-unsafe): the caller sees to it.

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void set_variable(const std::string& name, const std::optional<std::string>& value) {
  if (value) {
    ::setenv(name.c_str(), value->c_str(), 1);
  } else {
    ::unsetenv(name.c_str());
  }
}

// NOLINTEND(concurrency-mt-unsafe)

}  // namespace progeny::testing
