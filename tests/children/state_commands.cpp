#include "state_commands.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
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

template <class Numbers>
std::string joined(const Numbers& numbers) {
  std::string line;
  for (const auto number : numbers) {
    line += (line.empty() ? "" : " ") + std::to_string(number);
  }
  return line;
}

}  // namespace

int exit_with(const Words& words) {
  return std::stoi(words.at(0));
}

int raise_signal(const Words& words) {
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  std::signal(std::stoi(words.at(0)), SIG_DFL);
  std::raise(std::stoi(words.at(0)));
  return 98;
}

int echo_stdin(const Words& /*words*/) {
  std::array<char, 65536> block{};
  ssize_t count = 0;
  while ((count = ::read(0, block.data(), block.size())) > 0) {
    write_all(1, {block.data(), static_cast<std::size_t>(count)});
  }
  return 0;
}

// A child that a failing test forgets must not stay for ever.
int pause_until_killed(const Words& /*words*/) {
  ::alarm(600);
  while (true) {
    ::pause();
  }
}

int create_file(const Words& words) {
  return std::ofstream(words.at(0)).good() ? 0 : 1;
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
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread.
  const char* value = std::getenv(words.at(0).c_str());
  write_all(1, value == nullptr ? "(not there)" : value);
  return 0;
}

int print_environment(const Words& /*words*/) {
  for (char** variable = environ; *variable != nullptr; ++variable) {
    write_all(1, std::string(*variable) + "\n");
  }
  return 0;
}

int print_cwd(const Words& /*words*/) {
  write_all(1, std::filesystem::current_path().string());
  return 0;
}

int print_umask(const Words& /*words*/) {
  std::array<char, 16> text{};
  const auto mask = static_cast<unsigned>(::umask(0));
  std::snprintf(text.data(), text.size(), "%04o", mask);
  write_all(1, text.data());
  return 0;
}

// The folder is listed through a descriptor of its own, which is not open any more afterwards.
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

int print_descriptor_state(const Words& words) {
  write_all(1, ::fcntl(std::stoi(words.at(0)), F_GETFD) == -1 ? "closed" : "open");
  return 0;
}

int print_ids(const Words& /*words*/) {
  std::array<uid_t, 3> users{};
  std::array<gid_t, 3> groups{};
  ::getresuid(&users[0], &users[1], &users[2]);
  ::getresgid(&groups[0], &groups[1], &groups[2]);
  std::vector<gid_t> others(static_cast<std::size_t>(::getgroups(0, nullptr)));
  static_cast<void>(::getgroups(static_cast<int>(others.size()), others.data()));
  std::ranges::sort(others);
  write_all(1, joined(users) + " / " + joined(groups) + " / " + joined(others));
  return 0;
}

int print_process_ids(const Words& /*words*/) {
  write_all(1, joined(std::array{::getpid(), ::getpgrp(), ::getsid(0)}));
  return 0;
}

int print_program_name(const Words& /*words*/) {
  std::ifstream file("/proc/self/cmdline");
  std::string name;
  std::getline(file, name, '\0');
  write_all(1, name);
  return 0;
}

}  // namespace progeny::testing
