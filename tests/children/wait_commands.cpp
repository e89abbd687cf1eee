#include "wait_commands.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include <unistd.h>

namespace progeny::testing {

namespace {

sigset_t set_of(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

// Says on `descriptor` that `signal` will not be lost from now on.
void ready_for(int signal, int descriptor) {
  const sigset_t set = set_of(signal);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  write_all(descriptor, "ready\n");
}

void await(int signal) {
  const sigset_t set = set_of(signal);
  int got = 0;
  ::sigwait(&set, &got);
}

// A child that a failing test forgets must not stay for ever.
[[noreturn]] void stay() {
  ::alarm(600);
  while (true) {
    ::pause();
  }
}

void copy_stdin_to(int descriptor) {
  std::array<char, 65536> block{};
  ssize_t count = 0;
  while ((count = ::read(0, block.data(), block.size())) > 0) {
    write_all(descriptor, {block.data(), static_cast<std::size_t>(count)});
  }
}

void pass_time(const std::string& milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(std::stol(milliseconds)));
}

}  // namespace

int exit_after_ms(const Words& words) {
  pass_time(words.at(0));
  return std::stoi(words.at(1));
}

int print_then_exit_after_ms(const Words& words) {
  write_all(1, words.at(0));
  ::close(1);
  ::close(2);
  pass_time(words.at(1));
  return std::stoi(words.at(2));
}

int print_then_sleep(const Words& words) {
  write_all(1, words.at(0));
  write_all(2, words.at(1));
  stay();
}

int close_stdout_and_sleep(const Words& /*words*/) {
  ::close(1);
  stay();
}

int ignore_sigterm(const Words& /*words*/) {
  ::signal(SIGTERM, SIG_IGN);
  write_all(1, "ready\n");
  stay();
}

int exit_on_sigint(const Words& words) {
  static int code = 0;
  code = std::stoi(words.at(0));
  ::signal(SIGINT, [](int) { ::_exit(code); });
  write_all(1, "ready\n");
  stay();
}

int print_on_sigterm(const Words& words) {
  ready_for(SIGTERM, 2);
  await(SIGTERM);
  write_all(1, words.at(0));
  return 0;
}

int print_wait_usr1_print(const Words& words) {
  write_all(1, words.at(0));
  ready_for(SIGUSR1, 2);
  await(SIGUSR1);
  write_all(1, words.at(1));
  if (words.size() > 2) {
    copy_stdin_to(2);
  }
  return 0;
}

int print_hex_wait_usr1_print_hex(const Words& words) {
  return print_wait_usr1_print({from_hex(words.at(0)), from_hex(words.at(1))});
}

int print_pattern_wait_usr1_twice(const Words& words) {
  const std::string bytes = numbered_lines(std::stoul(words.at(0)));
  ready_for(SIGUSR1, 2);
  write_all(1, bytes);
  await(SIGUSR1);
  write_all(1, bytes);
  await(SIGUSR1);
  write_all(1, bytes);
  return 0;
}

int wait_usr1_echo(const Words& /*words*/) {
  ready_for(SIGUSR1, 2);
  await(SIGUSR1);
  copy_stdin_to(1);
  return 0;
}

int spawn_holding_grandchild(const Words& /*words*/) {
  const pid_t grandchild = ::fork();
  if (grandchild == 0) {
    ::alarm(600);
    copy_stdin_to(1);
    ::_exit(0);
  }
  write_all(1, std::to_string(grandchild) + '\n');
  stay();
}

int leave_grandchild_writing(const Words& words) {
  if (::fork() == 0) {
    pass_time(words.at(0));
    write_all(1, words.at(1));
    ::_exit(0);
  }
  return 0;
}

int print_status_line(const Words& words) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(words.at(0) + ":")) {
      write_all(1, line.substr(words.at(0).size() + 1));
    }
  }
  return 0;
}

}  // namespace progeny::testing
