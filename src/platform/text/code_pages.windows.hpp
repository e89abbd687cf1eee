#pragma once

// The code pages of the system: their names, and conversion that refuses what the system would
// guess. Windows only.

#include "platform/system/win32.windows.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace progeny::platform {

// Pages that need no table. Of the Unicode ones, Windows has the numbers only.
constexpr UINT utf16_page = 1200;
constexpr UINT utf16_big_endian_page = 1201;
constexpr UINT utf32_page = 12000;
constexpr UINT utf32_big_endian_page = 12001;
constexpr UINT ascii_page = 20127;
constexpr UINT latin1_page = 28591;

struct CodePage {
  UINT number = 0;
  bool has_byte_order_mark = false;  ///< A mark at the start says in which order bytes follow.
  bool is_lenient = false;           ///< `mbcs`, `oem`: single bytes mean what the system says.
};

/// The page of this name, if it can be converted. Case, `-` and `_` make no difference. Names are
/// Python's, `cp` with the number of a page, and what Python's names become for iconv(3).
[[nodiscard]] std::optional<CodePage> find_code_page(std::string_view name) noexcept;

/// Whether no character of the page has more than one byte.
[[nodiscard]] bool is_single_byte(UINT page) noexcept;

/// What a byte of a single-byte page stands for. Unless the page is lenient, that is nothing for
/// some bytes that the system reads and Python's codec of the same name does not.
[[nodiscard]] std::optional<wchar_t> character_of(unsigned char byte,
                                                  const CodePage& page) noexcept;

/// How many bytes of a multi-byte page the first character of `bytes`, which is not empty, has: 0
/// if it does not end there. Something that no character begins with is one of a single byte.
[[nodiscard]] std::size_t character_length(UINT page, std::string_view bytes) noexcept;

/// Whole characters of a multi-byte page as UTF-16; nothing if one of them does not exist.
[[nodiscard]] std::optional<std::wstring> from_page(UINT page, std::string_view bytes);

/// The way back; nothing if the page lacks a character.
[[nodiscard]] std::optional<std::string> to_page(UINT page, std::wstring_view text);

}  // namespace progeny::platform
