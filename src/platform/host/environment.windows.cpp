#include "platform/host/environment.hpp"

#include "platform/system/win32.windows.hpp"

#include <cstddef>
#include <cwchar>
#include <string_view>
#include <vector>

namespace progeny::platform {

// A leading `=` belongs to the name: `=C:` is the current folder of drive C.
Environment current_environment() {
  std::vector<Environment::value_type> variables;
  wchar_t* const block = ::GetEnvironmentStringsW();
  if (block == nullptr) {
    return {variables.begin(), variables.end()};
  }
  for (const wchar_t* entry = block; *entry != L'\0'; entry += std::wcslen(entry) + 1) {
    const std::wstring_view text(entry);
    const std::size_t equals = text.find(L'=', 1);
    if (equals != std::wstring_view::npos) {
      variables.emplace_back(narrow(text.substr(0, equals)), narrow(text.substr(equals + 1)));
    }
  }
  ::FreeEnvironmentStringsW(block);
  return {variables.begin(), variables.end()};
}

std::optional<std::string> environment_variable(const char* name) {
  const std::wstring wide_name = widen(name);
  std::wstring value;
  // Another thread may make the value longer between two calls.
  for (DWORD room = 256;;) {
    value.resize(room);
    ::SetLastError(ERROR_SUCCESS);
    const DWORD size = ::GetEnvironmentVariableW(wide_name.c_str(), value.data(), room);
    if (size == 0 && ::GetLastError() == ERROR_ENVVAR_NOT_FOUND) {
      return std::nullopt;
    }
    if (size < room) {
      value.resize(size);
      return narrow(value);
    }
    room = size + 1;
  }
}

}  // namespace progeny::platform
