#include "platform/system/win32.windows.hpp"

// data() is passed together with size(), so no NUL is needed at the end.
// NOLINTBEGIN(bugprone-suspicious-stringview-data-usage)

namespace progeny::platform {

std::wstring widen(std::string_view text) {
  const int size = static_cast<int>(text.size());
  if (size == 0) {
    return {};
  }
  const int count = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0);
  std::wstring wide(static_cast<std::size_t>(count), L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, wide.data(), count);
  return wide;
}

std::string narrow(std::wstring_view text) {
  const int size = static_cast<int>(text.size());
  if (size == 0) {
    return {};
  }
  const int count =
      ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
  std::string bytes(static_cast<std::size_t>(count), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, bytes.data(), count, nullptr, nullptr);
  return bytes;
}

}  // namespace progeny::platform

// NOLINTEND(bugprone-suspicious-stringview-data-usage)
