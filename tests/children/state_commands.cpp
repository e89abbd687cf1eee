#include "state_commands.hpp"

#include "system.hpp"

#include <string>
#include <string_view>

namespace progeny::testing {

namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += digits[value >> 4U];
    text += digits[value & 15U];
  }
  return text;
}

}  // namespace

// On Windows a code has 32 bits and is unsigned; as an int it keeps them.
int exit_with(const Words& words) {
  return static_cast<int>(std::stoll(words.at(0)));
}

int echo_stdin(const Words& /*words*/) {
  for (std::string block = read_some(); !block.empty(); block = read_some()) {
    write_all(1, block);
  }
  return 0;
}

int pause_until_killed(const Words& /*words*/) {
  stay();
}

int create_file(const Words& words) {
  return create(words.at(0)) ? 0 : 1;
}

int print_args(const Words& words) {
  for (const std::string& word : words) {
    write_all(1, word + "\n");
  }
  return 0;
}

int print_args_hex(const Words& words) {
  for (const std::string& word : words) {
    write_all(1, hex(word) + "\n");
  }
  return 0;
}

int print_variable(const Words& words) {
  write_all(1, variable(words.at(0)).value_or("(not there)"));
  return 0;
}

int print_environment(const Words& /*words*/) {
  for (const std::string& variable : environment()) {
    write_all(1, variable + "\n");
  }
  return 0;
}

int print_cwd(const Words& /*words*/) {
  write_all(1, working_folder());
  return 0;
}

int print_pid(const Words& /*words*/) {
  write_all(1, std::to_string(process_id()));
  return 0;
}

int print_program_name(const Words& /*words*/) {
  write_all(1, program_name());
  return 0;
}

}  // namespace progeny::testing
