#pragma once

// The code pages of the system: their names, and conversions that fail where the system's own would
// guess. Windows only.

#include "platform/system/win32.windows.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace progeny::platform {

// Pages that need no table. Windows defines numbers for UTF-16 and UTF-32 but does not convert
// them.
constexpr UINT utf16_page = 1200;
constexpr UINT utf16_big_endian_page = 1201;
constexpr UINT utf32_page = 12000;
constexpr UINT utf32_big_endian_page = 12001;
constexpr UINT ascii_page = 20127;
constexpr UINT latin1_page = 28591;

/// A code page, and how to read it.
struct CodePage {
  UINT number = 0;
  bool has_byte_order_mark = false;  ///< A mark at the start gives the byte order.
  bool is_lenient = false;           ///< `mbcs`, `oem`: as the system reads single bytes.
};

/// The page of this name, if it can be converted. Case, `-` and `_` make no difference. Known are
/// Python's names, `cp` with the number of a page, and the names that iconv(3) has for Python's.
[[nodiscard]] std::optional<CodePage> find_code_page(std::string_view name) noexcept;

/// Whether no character of the page has more than one byte.
[[nodiscard]] bool is_single_byte(UINT page) noexcept;

/// The character of a byte in a single-byte page. Nothing if the byte has none; unless the page is
/// lenient, also for bytes that the system reads but Python's codec of the same name does not.
[[nodiscard]] std::optional<wchar_t> character_of(unsigned char byte,
                                                  const CodePage& page) noexcept;

/// The length in bytes of the first character of `bytes`, which is not empty, in a multi-byte page.
/// 0 if the character does not end within `bytes`; 1 for a byte that begins no character.
[[nodiscard]] std::size_t character_length(UINT page, std::string_view bytes) noexcept;

/// Whole characters of a multi-byte page as UTF-16. Nothing if one of them does not exist.
[[nodiscard]] std::optional<std::wstring> from_page(UINT page, std::string_view bytes);

/// UTF-16 in a multi-byte page. Nothing if the page lacks one of the characters.
[[nodiscard]] std::optional<std::string> to_page(UINT page, std::wstring_view text);

}  // namespace progeny::platform
