#include "system.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace progeny::testing {

namespace {

sigset_t go_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  return set;
}

}  // namespace

Words command_line(int argc, char** argv) {
  return {argv, argv + argc};
}

std::string program_name() {
  std::ifstream file("/proc/self/cmdline");
  std::string name;
  std::getline(file, name, '\0');
  return name;
}

void make_streams_binary() {}

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0) {
      ::_exit(99);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string read_some(std::size_t limit) {
  std::string block(limit, '\0');
  const ssize_t count = ::read(0, block.data(), block.size());
  block.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return block;
}

void close_stream(int descriptor) {
  ::close(descriptor);
}

std::optional<std::string> variable(const std::string& name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread.
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Words environment() {
  Words variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

std::string working_folder() {
  return std::filesystem::current_path().string();
}

bool create(const std::string& path) {
  return std::ofstream(path).good();
}

long process_id() {
  return ::getpid();
}

void limit_life() {
  ::alarm(600);
}

void stay() {
  limit_life();
  while (true) {
    ::pause();
  }
}

long start_command(const Words& words) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::_exit(run_command(words));
  }
  return pid;
}

Go::Go() {
  const sigset_t set = go_signal();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): elsewhere it needs the object.
void Go::await() {
  const sigset_t set = go_signal();
  int got = 0;
  ::sigwait(&set, &got);
}

}  // namespace progeny::testing
