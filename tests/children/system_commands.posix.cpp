// Commands of the test child that exist on POSIX alone: about signals, identities, descriptors.

#include "commands.hpp"
#include "system.hpp"
#include "terminal_commands.posix.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace progeny::testing {

namespace {

template <class Numbers>
std::string joined(const Numbers& numbers) {
  std::string line;
  for (const auto number : numbers) {
    line += (line.empty() ? "" : " ") + std::to_string(number);
  }
  return line;
}

// NUMBER: ends by this signal.
int raise_signal(const Words& words) {
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  std::signal(std::stoi(words.at(0)), SIG_DFL);
  std::raise(std::stoi(words.at(0)));
  return 98;
}

// Stays, and ignores SIGTERM; says `ready` on stdout.
int ignore_sigterm(const Words& /*words*/) {
  ::signal(SIGTERM, SIG_IGN);
  write_all(1, "ready\n");
  stay();
}

// Says `ready` on a stream, then waits for a signal. A handler would do, but the thread sanitizer
// calls it later, and now and then not before the next signal.
void await(int signal, int ready_stream) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  limit_life();
  write_all(ready_stream, "ready\n");
  int got = 0;
  ::sigwait(&set, &got);
}

// CODE: exits with it on SIGINT; says `ready` on stdout.
int exit_on_sigint(const Words& words) {
  await(SIGINT, 1);
  return std::stoi(words.at(0));
}

// TEXT: writes it on SIGTERM and exits; says `ready` on stderr.
int print_on_sigterm(const Words& words) {
  await(SIGTERM, 2);
  write_all(1, words.at(0));
  return 0;
}

// Writes the umask in octal digits.
int print_umask(const Words& /*words*/) {
  std::array<char, 16> text{};
  const auto mask = static_cast<unsigned>(::umask(0));
  std::snprintf(text.data(), text.size(), "%04o", mask);
  write_all(1, text.data());
  return 0;
}

// Writes its open descriptors in one line: `0 1 2`. The folder is listed through a descriptor of
// its own, which is not open any more afterwards.
int print_descriptors(const Words& /*words*/) {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    found.push_back(std::stoi(entry.path().filename().string()));
  }
  std::erase_if(found, [](int number) { return ::fcntl(number, F_GETFD) == -1; });
  std::ranges::sort(found);
  write_all(1, joined(found));
  return 0;
}

// NUMBER: writes `open` or `closed`.
int print_descriptor_state(const Words& words) {
  write_all(1, ::fcntl(std::stoi(words.at(0)), F_GETFD) == -1 ? "closed" : "open");
  return 0;
}

// Writes real, effective and saved user and group, then the supplementary groups in order.
int print_ids(const Words& /*words*/) {
  std::array<uid_t, 3> users{};
  std::array<gid_t, 3> groups{};
  ::getresuid(&users[0], &users[1], &users[2]);
  ::getresgid(&groups[0], &groups[1], &groups[2]);
  std::vector<gid_t> others(static_cast<std::size_t>(::getgroups(0, nullptr)));
  [[maybe_unused]] const int got = ::getgroups(static_cast<int>(others.size()), others.data());
  std::ranges::sort(others);
  write_all(1, joined(users) + " / " + joined(groups) + " / " + joined(others));
  return 0;
}

// Writes its pid, process group and session.
int print_process_ids(const Words& /*words*/) {
  write_all(1, joined(std::array{::getpid(), ::getpgrp(), ::getsid(0)}));
  return 0;
}

// NAME: writes this line of its /proc/self/status.
int print_status_line(const Words& words) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(words.at(0) + ":")) {
      write_all(1, line.substr(words.at(0).size() + 1));
    }
  }
  return 0;
}

}  // namespace

Commands system_commands() {
  return {
      PROGENY_COMMAND(count_keys_after_go),
      PROGENY_COMMAND(exit_on_hang_up),
      PROGENY_COMMAND(exit_on_sigint),
      PROGENY_COMMAND(ignore_sigterm),
      PROGENY_COMMAND(print_descriptor_state),
      PROGENY_COMMAND(print_descriptors),
      PROGENY_COMMAND(print_ids),
      PROGENY_COMMAND(print_new_size),
      PROGENY_COMMAND(print_on_sigterm),
      PROGENY_COMMAND(print_process_ids),
      PROGENY_COMMAND(print_status_line),
      PROGENY_COMMAND(print_terminal),
      PROGENY_COMMAND(print_umask),
      PROGENY_COMMAND(raise_signal),
  };
}

}  // namespace progeny::testing
