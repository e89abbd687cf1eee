#pragma once

// What is and what is not UTF-8, with Python's opinion on where an error begins and ends.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace progeny::subprocess::detail {

/// How many bytes at the front of `bytes` are well-formed UTF-8.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view bytes) noexcept;

/// How many bytes at the front of `bytes` are ASCII.
[[nodiscard]] std::size_t ascii_prefix(std::string_view bytes) noexcept;

/// How many bytes at the front of `bytes` are a surrogate in UTF-8's form (3) or may be the
/// beginning of one.
[[nodiscard]] std::size_t surrogate_prefix(std::string_view bytes) noexcept;

/// Something at the front of bytes that is not UTF-8.
struct Utf8Error {
  std::size_t length = 1;   ///< How many bytes count as one error (Unicode's "maximal subpart").
  bool incomplete = false;  ///< More bytes could make a character of it.
  const char* reason = "";  ///< In Python's words.
};

/// What is wrong with `bytes`, which is not empty and does not begin with a whole character.
[[nodiscard]] Utf8Error utf8_error(std::string_view bytes) noexcept;

/// A character of text that Python would hold as one, or as a lone surrogate.
struct Utf8Character {
  std::uint32_t code = 0;
  std::size_t length = 1;
};

/// The character at the front of `text`, which is not empty. A surrogate in UTF-8's form is that
/// surrogate; a byte that belongs to no character is U+DC00 plus the byte, as under
/// `surrogateescape`.
[[nodiscard]] Utf8Character utf8_character(std::string_view text) noexcept;

/// Appends a character; a surrogate in UTF-8's form, too.
void append_utf8(std::string& text, std::uint32_t code);

}  // namespace progeny::subprocess::detail
