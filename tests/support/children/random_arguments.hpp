#pragma once

// Arguments that are hard to say in one line, and what a child prints of them.

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::testing {

/// Up to eight characters, most of them special to some parser of command lines.
[[nodiscard]] inline std::string random_argument(std::mt19937& random) {
  constexpr std::string_view letters = "ab\\\\\"\" \t'^&%<>|\n\xC3\xA4*?~";
  std::string text;
  for (auto size = random() % 9; size > 0; --size) {
    // Pieces of a letter of two bytes are no text that Windows could hand over.
    const char letter = letters[random() % letters.size()];
    text += letter == '\xC3' || letter == '\xA4' ? std::string("\xC3\xA4") : std::string(1, letter);
  }
  return text;
}

/// One to five of them.
[[nodiscard]] inline std::vector<std::string> random_arguments(std::mt19937& random) {
  std::vector<std::string> words(1 + random() % 5);
  for (std::string& word : words) {
    word = random_argument(random);
  }
  return words;
}

/// What the test child's `print_args_hex` writes when these are its words.
[[nodiscard]] inline std::string hex_lines(const std::vector<std::string>& words) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::string& word : words) {
    for (const char byte : word) {
      text += digits[static_cast<unsigned char>(byte) >> 4U];
      text += digits[static_cast<unsigned char>(byte) & 15U];
    }
    text += '\n';
  }
  return text;
}

}  // namespace progeny::testing
