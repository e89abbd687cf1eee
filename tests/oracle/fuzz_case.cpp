#include "fuzz_case.hpp"

#include <charconv>
#include <sstream>

namespace progeny::testing {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    parts.push_back(part);
  }
  return parts;
}

std::string to_line(const FuzzCase& fuzz_case) {
  std::string line = fuzz_case.kind;
  for (const auto& [name, value] : fuzz_case.fields) {
    line += ' ' + name + '=' + value;
  }
  return line;
}

FuzzCase from_line(const std::string& line) {
  FuzzCase result;
  for (const std::string& word : split(line, ' ')) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      result.kind = word;
    } else {
      result.fields[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
  return result;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const char byte : bytes) {
    hex += digits[static_cast<unsigned char>(byte) >> 4U];
    hex += digits[static_cast<unsigned char>(byte) & 15U];
  }
  return hex;
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (; hex.size() >= 2; hex.remove_prefix(2)) {
    unsigned value = 0;
    std::from_chars(hex.data(), hex.data() + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

std::string expand(const std::string& parts) {
  std::string bytes;
  for (const std::string& part : split(parts, ',')) {
    const std::size_t star = part.find('*');
    const std::string unit = from_hex(std::string_view(part).substr(0, star));
    const std::size_t count = star == std::string::npos ? 1 : std::stoul(part.substr(star + 1));
    for (std::size_t i = 0; i < count; ++i) {
      bytes += unit;
    }
  }
  return bytes;
}

}  // namespace progeny::testing
