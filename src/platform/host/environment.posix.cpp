#include "platform/host/environment.hpp"

#include <cstddef>
#include <cstdlib>
#include <set>
#include <string_view>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration): declared by GNU headers only.

namespace progeny::platform {

namespace {

// Never null, unlike `environ` after clearenv(3).
char* const* raw_environment() noexcept {
  static char* const none = nullptr;
  return environ != nullptr ? environ : &none;
}

}  // namespace

// Other programs may have put anything into the environment. Of two entries with one name the first
// counts, as for getenv(3). An entry without a name, as Wine's `=::=::\`, cannot be given to a
// child.
Environment current_environment() {
  std::vector<Environment::value_type> variables;
  std::set<std::string_view> names;
  for (char* const* entry = raw_environment(); *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos && equals != 0 &&
        names.insert(text.substr(0, equals)).second) {
      variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return {variables.begin(), variables.end()};
}

std::optional<std::string> environment_variable(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the header says so.
  const char* value = std::getenv(name);
  if (value == nullptr) {
    return std::nullopt;
  }
  return value;
}

}  // namespace progeny::platform
