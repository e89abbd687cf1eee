#pragma once

// <windows.h> without what nobody needs, and what every file that calls it shares. Windows only.

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

/// GetLastError() as an error that compares with `std::errc` and keeps the system's number.
[[nodiscard]] inline std::error_code last_error() noexcept {
  return {static_cast<int>(::GetLastError()), std::system_category()};
}

/// As much of `size` as one call of the system takes.
[[nodiscard]] inline DWORD size_for_one_call(std::size_t size) noexcept {
  return static_cast<DWORD>(std::min<std::size_t>(size, std::numeric_limits<DWORD>::max()));
}

/// UTF-8 to what the W functions take. Ill-formed bytes become U+FFFD.
[[nodiscard]] std::wstring widen(std::string_view text);

/// The way back. Lone surrogates become U+FFFD.
[[nodiscard]] std::string narrow(std::wstring_view text);

}  // namespace progeny::platform
