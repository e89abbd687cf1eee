#include "base/repr.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace progeny::detail {

namespace {

// A quote that does not occur in the text, if there is one. Python prefers the single one.
char quote_for(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  return has_single && !has_double ? '"' : '\'';
}

// Appends a character that bytes and text escape alike. False: the caller appends it.
bool append_escape(std::string& out, unsigned char character, char quote) {
  switch (character) {
    case '\n':
      out += "\\n";
      return true;
    case '\r':
      out += "\\r";
      return true;
    case '\t':
      out += "\\t";
      return true;
    case '\\':
      out += "\\\\";
      return true;
    default:
      break;
  }
  if (character == static_cast<unsigned char>(quote)) {
    out += '\\';
    out += quote;
    return true;
  }
  if (character < 0x20 || character == 0x7f) {
    out += fmt::format("\\x{:02x}", character);
    return true;
  }
  return false;
}

struct Character {
  char32_t code = 0;
  std::size_t length = 0;  // In bytes; 0 if no character of UTF-8 begins there.
};

std::size_t length_by_lead(unsigned char lead) {
  if (lead >= 0xc2 && lead <= 0xdf) {
    return 2;
  }
  if (lead >= 0xe0 && lead <= 0xef) {
    return 3;
  }
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const std::size_t length = length_by_lead(byte(0));
  if (length == 0 || at + length > text.size()) {
    return {};
  }
  char32_t code = byte(0) & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) {
      return {};
    }
    code = (code << 6U) | (byte(i) & 0x3fU);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  return code < least[length] || code > 0x10ffff ? Character{}
                                                 : Character{.code = code, .length = length};
}

// Not printable: blanks outside ASCII, control and format characters, surrogates, and private use.
bool is_printable(char32_t code) {
  const auto between = [code](char32_t first, char32_t last) {
    return first <= code && code <= last;
  };
  return !(between(0x80, 0xa0) || code == 0xad || code == 0x1680 || code == 0x180e ||
           between(0x2000, 0x200f) || between(0x2028, 0x202f) || between(0x205f, 0x206f) ||
           code == 0x3000 || between(0xd800, 0xf8ff) || code == 0xfeff || between(0xfff0, 0xfffb) ||
           between(0xe0000, 0x10ffff));
}

void append_code(std::string& out, char32_t code) {
  const auto number = static_cast<std::uint32_t>(code);
  if (number <= 0xff) {
    out += fmt::format("\\x{:02x}", number);
  } else if (number <= 0xffff) {
    out += fmt::format("\\u{:04x}", number);
  } else {
    out += fmt::format("\\U{:08x}", number);
  }
}

}  // namespace

std::string repr_text(std::string_view text) {
  const char quote = quote_for(text);
  std::string out(1, quote);
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      if (!append_escape(out, byte, quote)) {
        out += text[at];
      }
      ++at;
      continue;
    }
    const Character character = character_at(text, at);
    if (character.length == 0) {
      append_code(out, 0xdc00U + byte);
      ++at;
      continue;
    }
    if (is_printable(character.code)) {
      out += text.substr(at, character.length);
    } else {
      append_code(out, character.code);
    }
    at += character.length;
  }
  return out += quote;
}

std::string repr_bytes(std::string_view bytes) {
  const char quote = quote_for(bytes);
  std::string out = "b";
  out += quote;
  for (const char character : bytes) {
    const auto byte = static_cast<unsigned char>(character);
    if (append_escape(out, byte, quote)) {
      continue;
    }
    if (byte >= 0x80) {
      append_code(out, byte);
    } else {
      out += character;
    }
  }
  return out += quote;
}

}  // namespace progeny::detail
