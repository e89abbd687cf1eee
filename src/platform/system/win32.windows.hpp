#pragma once

// <windows.h> without its rarely used parts, and the helpers around its calls. Windows only.

#ifndef NOMINMAX
#  define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#  define WIN32_LEAN_AND_MEAN
#endif
#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

#include <windows.h>

namespace progeny::platform {

/// The error of the call that has just failed (GetLastError). It compares with `std::errc` and
/// keeps the system's number.
[[nodiscard]] inline std::error_code last_error() noexcept {
  return {static_cast<int>(::GetLastError()), std::system_category()};
}

/// `size`, or as much of it as one call of the system takes.
[[nodiscard]] inline DWORD size_for_one_call(std::size_t size) noexcept {
  return static_cast<DWORD>(std::min<std::size_t>(size, std::numeric_limits<DWORD>::max()));
}

/// UTF-8 as UTF-16, which the W functions take. Ill-formed bytes become U+FFFD.
[[nodiscard]] std::wstring widen(std::string_view text);

/// UTF-16 as UTF-8. Lone surrogates become U+FFFD.
[[nodiscard]] std::string narrow(std::wstring_view text);

}  // namespace progeny::platform
