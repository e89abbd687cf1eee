#include "terminal_commands.posix.hpp"

#include "system.hpp"

#include <csignal>
#include <string>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace progeny::testing {

namespace {

std::string window_size(int terminal) {
  winsize window{};
  ::ioctl(terminal, TIOCGWINSZ, &window);
  return std::to_string(window.ws_row) + " " + std::to_string(window.ws_col);
}

// The terminal that is this process's whatever its streams are.
std::string owner_of_terminal() {
  const int terminal = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal == -1) {
    return "none";
  }
  const bool own = ::tcgetsid(terminal) == ::getpid() && ::tcgetpgrp(terminal) == ::getpid();
  ::close(terminal);
  return own ? "own" : "foreign";
}

// Blocks the signal, says `ready`, and waits for it.
void await_signal(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  write_all(1, "ready\n");
  int got = 0;
  ::sigwait(&set, &got);
}

}  // namespace

int print_terminal(const Words& /*words*/) {
  std::string line;
  std::string size = "0 0";
  for (int stream = 0; stream < 3; ++stream) {
    const bool is_terminal = ::isatty(stream) == 1;
    line += is_terminal ? '1' : '0';
    size = is_terminal ? window_size(stream) : size;
  }
  write_all(1, line + " " + size + " " + owner_of_terminal());
  return 0;
}

int print_new_size(const Words& /*words*/) {
  limit_life();
  await_signal(SIGWINCH);
  write_all(1, window_size(0));
  return 0;
}

int count_keys_after_go(const Words& /*words*/) {
  Go go;
  termios mode{};
  ::tcgetattr(0, &mode);
  ::cfmakeraw(&mode);
  ::tcsetattr(0, TCSANOW, &mode);
  limit_life();
  write_all(1, "ready\n");
  go.await();
  write_all(1, std::to_string(read_some().size()));
  return 0;
}

int exit_on_hang_up(const Words& words) {
  limit_life();
  await_signal(SIGHUP);
  return std::stoi(words.at(0));
}

}  // namespace progeny::testing
