#include "pickle/value/wtf8.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace progeny::pickle::detail {

namespace {

// How many bytes the character has that begins so; 0 if none does.
std::size_t length_of(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xC2) {
    return 0;
  }
  return first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
}

// The second byte decides whether a shorter form exists, or the number is too large.
bool is_second_of(unsigned char first, unsigned char second) {
  const unsigned char lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char highest = first == 0xF4 ? 0x8F : 0xBF;
  return lowest <= second && second <= highest;
}

constexpr std::uint64_t not_ascii = 0x8080808080808080U;

template <class Word>
Word word_at(const char* place) {
  Word word = 0;
  std::memcpy(&word, place, sizeof word);
  return word;
}

// The last word may overlap the one before.
bool is_ascii(std::string_view text) {
  const char* const end = text.data() + text.size();
  if (text.size() < sizeof(std::uint64_t)) {
    if (text.size() < sizeof(std::uint32_t)) {
      return std::ranges::none_of(text, [](char byte) { return (byte & 0x80) != 0; });
    }
    return ((word_at<std::uint32_t>(text.data()) |
             word_at<std::uint32_t>(end - sizeof(std::uint32_t))) &
            static_cast<std::uint32_t>(not_ascii)) == 0;
  }
  std::uint64_t all = word_at<std::uint64_t>(end - sizeof(std::uint64_t));
  for (std::size_t at = 0; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    all |= word_at<std::uint64_t>(text.data() + at);
  }
  return (all & not_ascii) == 0;
}

}  // namespace

std::size_t invalid_wtf8(std::string_view text) noexcept {
  if (is_ascii(text)) {
    return std::string_view::npos;
  }
  std::size_t at = 0;
  while (at < text.size()) {
    if (std::uint64_t word = 0; text.size() - at >= sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & not_ascii) == 0) {
        at += sizeof word;
        continue;
      }
    }
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const std::size_t length = length_of(byte(0));
    if (length == 0 || length > text.size() - at ||
        (length > 1 && !is_second_of(byte(0), byte(1)))) {
      return at;
    }
    for (std::size_t i = 2; i < length; ++i) {
      if ((byte(i) & 0xC0U) != 0x80U) {
        return at;
      }
    }
    at += length;
  }
  return std::string_view::npos;
}

void require_wtf8(std::string_view text) {
  if (const std::size_t bad = invalid_wtf8(text); bad != std::string_view::npos) {
    throw ValueError(
        fmt::format("a str must be UTF-8, which ends at byte {} of {}", bad, text.size()));
  }
}

std::size_t count_characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

}  // namespace progeny::pickle::detail
