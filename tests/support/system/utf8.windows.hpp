#pragma once

// Text as Windows has it and as everybody else has it. Windows only.

#ifndef NOMINMAX
#  define NOMINMAX
#endif
#include <string>
#include <string_view>

#include <windows.h>

// The size goes with each pointer.
// NOLINTBEGIN(bugprone-suspicious-stringview-data-usage)

namespace progeny::testing {

/// UTF-16 to UTF-8.
[[nodiscard]] inline std::string utf8(std::wstring_view text) {
  const int size = static_cast<int>(text.size());
  const int count =
      ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
  std::string bytes(static_cast<std::size_t>(count), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, bytes.data(), count, nullptr, nullptr);
  return bytes;
}

/// UTF-8 to UTF-16.
[[nodiscard]] inline std::wstring wide(std::string_view text) {
  const int size = static_cast<int>(text.size());
  const int count = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0);
  std::wstring units(static_cast<std::size_t>(count), L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, units.data(), count);
  return units;
}

}  // namespace progeny::testing

// NOLINTEND(bugprone-suspicious-stringview-data-usage)
