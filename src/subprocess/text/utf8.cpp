#include "subprocess/text/utf8.hpp"

#include <algorithm>
#include <cstring>

namespace progeny::subprocess::detail {

namespace {

unsigned char byte_at(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<unsigned char>(bytes[at]);
}

bool is_continuation(unsigned char byte) noexcept {
  return (byte & 0xc0U) == 0x80U;
}

// What the table 3-7 of the Unicode standard allows after a lead byte.
struct Lead {
  std::size_t length = 0;  // 0: no character begins so.
  unsigned char second_least = 0x80;
  unsigned char second_most = 0xbf;
};

Lead lead_of(unsigned char byte) noexcept {
  if (byte < 0x80) {
    return {.length = 1};
  }
  if (byte < 0xc2) {
    return {};
  }
  if (byte < 0xe0) {
    return {.length = 2};
  }
  if (byte < 0xf0) {
    const auto least = static_cast<unsigned char>(byte == 0xe0 ? 0xa0 : 0x80);
    const auto most = static_cast<unsigned char>(byte == 0xed ? 0x9f : 0xbf);
    return {.length = 3, .second_least = least, .second_most = most};
  }
  if (byte < 0xf5) {
    const auto least = static_cast<unsigned char>(byte == 0xf0 ? 0x90 : 0x80);
    const auto most = static_cast<unsigned char>(byte == 0xf4 ? 0x8f : 0xbf);
    return {.length = 4, .second_least = least, .second_most = most};
  }
  return {};
}

// How many bytes at the front fit the character that the first one begins.
std::size_t fitting(const Lead& lead, std::string_view bytes) noexcept {
  const std::size_t available = std::min(lead.length, bytes.size());
  if (available < 2 || byte_at(bytes, 1) < lead.second_least ||
      byte_at(bytes, 1) > lead.second_most) {
    return std::min<std::size_t>(available, 1);
  }
  std::size_t count = 2;
  while (count < available && is_continuation(byte_at(bytes, count))) {
    ++count;
  }
  return count;
}

bool is_surrogate(std::string_view text) noexcept {
  return text.size() >= 3 && byte_at(text, 0) == 0xed && byte_at(text, 1) >= 0xa0 &&
         is_continuation(byte_at(text, 1)) && is_continuation(byte_at(text, 2));
}

std::uint32_t code_of(std::string_view character) noexcept {
  if (character.size() == 1) {
    return byte_at(character, 0);
  }
  std::uint32_t code = byte_at(character, 0) & (0x7fU >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) {
    code = (code << 6U) | (byte_at(character, i) & 0x3fU);
  }
  return code;
}

}  // namespace

// Most text is ASCII: eight bytes at a time.
std::size_t ascii_prefix(std::string_view bytes) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= bytes.size(); at += sizeof word) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if ((word & high_bits) != 0) {
      break;
    }
  }
  while (at < bytes.size() && byte_at(bytes, at) < 0x80) {
    ++at;
  }
  return at;
}

std::size_t surrogate_prefix(std::string_view bytes) noexcept {
  if (bytes.empty() || byte_at(bytes, 0) != 0xed) {
    return 0;
  }
  if (bytes.size() > 1 && (byte_at(bytes, 1) < 0xa0 || !is_continuation(byte_at(bytes, 1)))) {
    return 0;
  }
  if (bytes.size() > 2 && !is_continuation(byte_at(bytes, 2))) {
    return 0;
  }
  return std::min<std::size_t>(bytes.size(), 3);
}

std::size_t valid_utf8_prefix(std::string_view bytes) noexcept {
  std::size_t at = 0;
  for (;;) {
    at += ascii_prefix(bytes.substr(at));
    if (at == bytes.size()) {
      return at;
    }
    const Lead lead = lead_of(byte_at(bytes, at));
    if (lead.length == 0 || fitting(lead, bytes.substr(at)) < lead.length) {
      return at;
    }
    at += lead.length;
  }
}

Utf8Error utf8_error(std::string_view bytes) noexcept {
  const Lead lead = lead_of(byte_at(bytes, 0));
  if (lead.length == 0) {
    return {.length = 1, .reason = "invalid start byte"};
  }
  const std::size_t length = fitting(lead, bytes);
  if (length == bytes.size()) {
    return {.length = length, .incomplete = true, .reason = "unexpected end of data"};
  }
  return {.length = length, .reason = "invalid continuation byte"};
}

Utf8Character utf8_character(std::string_view text) noexcept {
  const Lead lead = lead_of(byte_at(text, 0));
  if (lead.length != 0 && fitting(lead, text) == lead.length) {
    return {.code = code_of(text.substr(0, lead.length)), .length = lead.length};
  }
  if (is_surrogate(text)) {
    return {.code = code_of(text.substr(0, 3)), .length = 3};
  }
  return {.code = 0xdc00U + byte_at(text, 0), .length = 1};
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto add = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
    return;
  }
  if (code < 0x800) {
    add(0xc0U | (code >> 6U));
  } else if (code < 0x10000) {
    add(0xe0U | (code >> 12U));
    add(0x80U | ((code >> 6U) & 0x3fU));
  } else {
    add(0xf0U | (code >> 18U));
    add(0x80U | ((code >> 12U) & 0x3fU));
    add(0x80U | ((code >> 6U) & 0x3fU));
  }
  add(0x80U | (code & 0x3fU));
}

}  // namespace progeny::subprocess::detail
