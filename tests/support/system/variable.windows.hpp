#pragma once

// An environment variable of this process, read without the C runtime's copy. Windows only.

#include "support/system/utf8.windows.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace progeny::testing {

/// Its value, or nothing.
[[nodiscard]] inline std::optional<std::string> system_variable(const std::string& name) {
  std::wstring value(32768, L'\0');
  ::SetLastError(ERROR_SUCCESS);
  const DWORD size =
      ::GetEnvironmentVariableW(wide(name).c_str(), value.data(), static_cast<DWORD>(value.size()));
  if (size == 0 && ::GetLastError() == ERROR_ENVVAR_NOT_FOUND) {
    return std::nullopt;
  }
  return utf8(std::wstring_view(value).substr(0, size));
}

}  // namespace progeny::testing
