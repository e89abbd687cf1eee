#include "support/system/scoped_env.hpp"

#include "support/system/utf8.windows.hpp"
#include "support/system/variable.windows.hpp"

#include <cstdlib>

namespace progeny::testing {

std::optional<std::string> variable(const std::string& name) {
  return system_variable(name);
}

// The C runtime has a copy of its own, to which an empty value means none at all.
void set_variable(const std::string& name, const std::optional<std::string>& value) {
  const std::wstring text = wide(value.value_or(""));
  ::_wputenv_s(wide(name).c_str(), text.c_str());
  ::SetEnvironmentVariableW(wide(name).c_str(), value ? text.c_str() : nullptr);
}

}  // namespace progeny::testing
