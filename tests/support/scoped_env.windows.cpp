#include "support/scoped_env.hpp"

#include "support/utf8.windows.hpp"

#include <cstdlib>

namespace progeny::testing {

std::optional<std::string> variable(const std::string& name) {
  std::wstring value(32768, L'\0');
  ::SetLastError(ERROR_SUCCESS);
  const DWORD size =
      ::GetEnvironmentVariableW(wide(name).c_str(), value.data(), static_cast<DWORD>(value.size()));
  if (size == 0 && ::GetLastError() == ERROR_ENVVAR_NOT_FOUND) {
    return std::nullopt;
  }
  return utf8(std::wstring_view(value).substr(0, size));
}

// The C runtime has a copy of its own, to which an empty value means none at all.
void set_variable(const std::string& name, const std::optional<std::string>& value) {
  const std::wstring text = wide(value.value_or(""));
  ::_wputenv_s(wide(name).c_str(), text.c_str());
  ::SetEnvironmentVariableW(wide(name).c_str(), value ? text.c_str() : nullptr);
}

}  // namespace progeny::testing
