// The program that plays the child in tests: its first argument names what it does.

#include "commands.hpp"
#include "state_commands.hpp"
#include "system.hpp"
#include "talk_commands.hpp"
#include "wait_commands.hpp"

#include <cstdio>

namespace progeny::testing {

namespace {

Commands all_commands() {
  Commands table{
      PROGENY_COMMAND(close_stdin_and_print),
      PROGENY_COMMAND(close_stdout_and_sleep),
      PROGENY_COMMAND(count_stdin),
      PROGENY_COMMAND(create_file),
      PROGENY_COMMAND(dialogue),
      PROGENY_COMMAND(echo_stdin),
      PROGENY_COMMAND(echo_to_both),
      PROGENY_COMMAND(exit_after_ms),
      PROGENY_COMMAND(exit_on_eof),
      PROGENY_COMMAND(exit_with),
      PROGENY_COMMAND(expect_stdin),
      PROGENY_COMMAND(flood_both),
      PROGENY_COMMAND(hex_stdin),
      PROGENY_COMMAND(hold_streams),
      PROGENY_COMMAND(leave_grandchild_writing),
      PROGENY_COMMAND(print),
      PROGENY_COMMAND(print_args),
      PROGENY_COMMAND(print_args_hex),
      PROGENY_COMMAND(print_cwd),
      PROGENY_COMMAND(print_environment),
      PROGENY_COMMAND(print_hex),
      PROGENY_COMMAND(print_hex_wait_go_print_hex),
      PROGENY_COMMAND(print_pattern),
      PROGENY_COMMAND(print_pattern_wait_go_twice),
      PROGENY_COMMAND(print_pid),
      PROGENY_COMMAND(print_program_name),
      PROGENY_COMMAND(print_then_exit_after_ms),
      PROGENY_COMMAND(print_then_exit_on_eof),
      PROGENY_COMMAND(print_then_sleep),
      PROGENY_COMMAND(print_variable),
      PROGENY_COMMAND(print_wait_go_print),
      PROGENY_COMMAND(print_x_and_hex),
      PROGENY_COMMAND(pause_until_killed),
      PROGENY_COMMAND(spawn_holding_grandchild),
      PROGENY_COMMAND(trickle_hex),
      PROGENY_COMMAND(upper_stdin),
      PROGENY_COMMAND(wait_go_echo),
      PROGENY_COMMAND(write_after_ms),
  };
  table.merge(system_commands());
  return table;
}

}  // namespace

int run_command(const Words& words) {
  const Commands commands = all_commands();
  const auto found = commands.find(words.empty() ? "" : words.front());
  if (found == commands.end()) {
    std::fprintf(stderr, "there is no such command of the test child\n");
    return 97;
  }
  return found->second({words.begin() + 1, words.end()});
}

}  // namespace progeny::testing

int main(int argc, char** argv) {
  const progeny::testing::Words words = progeny::testing::command_line(argc, argv);
  progeny::testing::make_streams_binary();
  return progeny::testing::run_command({words.begin() + 1, words.end()});
}
