#include "talk_commands.hpp"

#include "system.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace progeny::testing {

namespace {

std::string read_stdin() {
  std::string all;
  for (std::string block = read_some(); !block.empty(); block = read_some()) {
    all += block;
  }
  return all;
}

}  // namespace

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

// The same bytes as `pattern` in support/system/process_facts.hpp.
std::string numbered_lines(std::size_t count) {
  std::string bytes;
  for (std::size_t number = 0; bytes.size() < count; ++number) {
    bytes += std::to_string(number) + '\n';
  }
  bytes.resize(count);
  return bytes;
}

int print(const Words& words) {
  write_all(1, words.at(0));
  write_all(2, words.at(1));
  return words.size() > 2 ? std::stoi(words[2]) : 0;
}

int print_hex(const Words& words) {
  write_all(1, from_hex(words.at(0)));
  return words.size() > 1 ? std::stoi(words[1]) : 0;
}

int trickle_hex(const Words& words) {
  for (const char byte : from_hex(words.at(0))) {
    write_all(1, {&byte, 1});
  }
  return 0;
}

int print_x_and_hex(const Words& words) {
  write_all(1, std::string(std::stoul(words.at(0)), 'x') + from_hex(words.at(1)));
  return 0;
}

int print_pattern(const Words& words) {
  write_all(1, numbered_lines(std::stoul(words.at(0))));
  return 0;
}

int flood_both(const Words& words) {
  const std::string bytes = numbered_lines(std::stoul(words.at(0)));
  constexpr std::size_t step = 50'000;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    write_all(1, std::string_view(bytes).substr(at, step));
    write_all(2, std::string_view(bytes).substr(at, step));
  }
  return 0;
}

int echo_to_both(const Words& /*words*/) {
  for (std::string block = read_some(); !block.empty(); block = read_some()) {
    write_all(1, block);
    write_all(2, block);
  }
  return 0;
}

int upper_stdin(const Words& /*words*/) {
  std::string text = read_stdin();
  std::ranges::transform(
      text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  write_all(1, text);
  return 0;
}

int hex_stdin(const Words& /*words*/) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const char byte : read_stdin()) {
    hex += digits[static_cast<unsigned char>(byte) >> 4U];
    hex += digits[static_cast<unsigned char>(byte) & 15U];
  }
  write_all(1, hex);
  return 0;
}

int count_stdin(const Words& /*words*/) {
  write_all(1, std::to_string(read_stdin().size()) + '\n');
  return 0;
}

int expect_stdin(const Words& words) {
  return read_stdin() == words.at(0) ? 0 : 1;
}

int exit_on_eof(const Words& words) {
  read_stdin();
  return std::stoi(words.at(0));
}

int print_then_exit_on_eof(const Words& words) {
  write_all(1, words.at(0));
  read_stdin();
  return 0;
}

int close_stdin_and_print(const Words& words) {
  close_stream(0);
  return print(words);
}

int dialogue(const Words& words) {
  std::string line;
  for (std::string byte = read_some(1); !byte.empty(); byte = read_some(1)) {
    line += byte;
    if (byte == "\n") {
      break;
    }
  }
  write_all(1, line);
  write_all(1, "line2\n");
  write_all(1, read_stdin());
  write_all(1, from_hex(words.at(0)));
  return 0;
}

}  // namespace progeny::testing
