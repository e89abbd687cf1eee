#include "wait_commands.hpp"

#include "support/program/let_pass.hpp"
#include "system.hpp"
#include "talk_commands.hpp"

#include <chrono>
#include <string>

namespace progeny::testing {

namespace {

void say_ready() {
  write_all(2, "ready\n");
}

void copy_stdin_to(int descriptor) {
  for (std::string block = read_some(); !block.empty(); block = read_some()) {
    write_all(descriptor, block);
  }
}

void pass_time(const std::string& milliseconds) {
  let_pass(std::chrono::milliseconds(std::stol(milliseconds)));
}

}  // namespace

int exit_after_ms(const Words& words) {
  pass_time(words.at(0));
  return std::stoi(words.at(1));
}

int write_after_ms(const Words& words) {
  pass_time(words.at(0));
  write_all(1, words.at(1));
  return 0;
}

int print_then_exit_after_ms(const Words& words) {
  write_all(1, words.at(0));
  close_stream(1);
  close_stream(2);
  pass_time(words.at(1));
  return std::stoi(words.at(2));
}

int print_then_sleep(const Words& words) {
  write_all(1, words.at(0));
  write_all(2, words.at(1));
  stay();
}

int close_stdout_and_sleep(const Words& /*words*/) {
  close_stream(1);
  stay();
}

int print_wait_go_print(const Words& words) {
  Go go;
  write_all(1, words.at(0));
  say_ready();
  go.await();
  write_all(1, words.at(1));
  if (words.size() > 2) {
    copy_stdin_to(2);
  }
  return 0;
}

int print_hex_wait_go_print_hex(const Words& words) {
  return print_wait_go_print({from_hex(words.at(0)), from_hex(words.at(1))});
}

int print_pattern_wait_go_twice(const Words& words) {
  const std::string bytes = numbered_lines(std::stoul(words.at(0)));
  Go go;
  say_ready();
  write_all(1, bytes);
  go.await();
  write_all(1, bytes);
  go.await();
  write_all(1, bytes);
  return 0;
}

int wait_go_echo(const Words& /*words*/) {
  Go go;
  say_ready();
  go.await();
  copy_stdin_to(1);
  return 0;
}

int hold_streams(const Words& /*words*/) {
  limit_life();
  copy_stdin_to(1);
  return 0;
}

int spawn_holding_grandchild(const Words& /*words*/) {
  const long grandchild = start_command({"hold_streams"});
  write_all(1, std::to_string(grandchild) + '\n');
  stay();
}

int leave_grandchild_writing(const Words& words) {
  start_command({"write_after_ms", words.at(0), words.at(1)});
  return 0;
}

}  // namespace progeny::testing
