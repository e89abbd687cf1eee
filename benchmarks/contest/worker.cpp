#include "contest/worker.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

constexpr int control_descriptor = 3;
constexpr std::string_view failed = "failed: ";

// Starts `command` with `socket` as its descriptor 3.
pid_t start(const std::vector<std::string>& command, int socket) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, socket, control_descriptor);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), command[0]);
  }
  return pid;
}

}  // namespace

Worker::Worker(const std::vector<std::string>& command) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  socket_ = ends[0];
  pid_ = start(command, ends[1]);
  close(ends[1]);
  std::istringstream offers(read_line());
  for (std::string word; offers >> word;) {
    const auto colon = word.find(':');
    offers_.push_back({.contestant = word.substr(0, colon), .task = word.substr(colon + 1)});
  }
}

Worker::Worker(Worker&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      pid_(std::exchange(other.pid_, -1)),
      offers_(std::move(other.offers_)) {}

Worker::~Worker() {
  if (pid_ != -1) {
    close(socket_);  // The worker ends when its socket does.
    waitpid(pid_, nullptr, 0);
  }
}

void Worker::hold(std::size_t bytes) {
  ask(fmt::format("hold {}\n", bytes));
}

std::vector<std::chrono::nanoseconds> Worker::run(const std::string& contestant,
                                                  const Order& order,
                                                  std::chrono::nanoseconds turn) {
  std::istringstream words(ask(fmt::format("run {} {} {} {} {}\n",
                                           contestant,
                                           order.task,
                                           order.threads,
                                           turn.count(),
                                           order.arguments)));
  std::vector<std::chrono::nanoseconds> took;
  for (std::int64_t each = 0; words >> each;) {
    took.emplace_back(each);
  }
  return took;
}

std::string Worker::ask(const std::string& line) {
  send(socket_, line.data(), line.size(), MSG_NOSIGNAL);
  std::string reply = read_line();
  if (reply.starts_with(failed)) {
    throw std::runtime_error(reply.substr(failed.size()));
  }
  return reply;
}

std::string Worker::read_line() {
  std::string line;
  while (!line.ends_with('\n')) {
    char block[4096];
    const ssize_t count = recv(socket_, block, sizeof block, 0);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      throw std::runtime_error("the worker ended");
    }
    line.append(block, static_cast<std::size_t>(count));
  }
  line.pop_back();
  return line;
}

}  // namespace bench
