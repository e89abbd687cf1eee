// posix_spawn(3) of the C library, with and without closing the other descriptors.

#include "peers/peer.hpp"

#include <string>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

// The list of what the child does before its program.
struct Actions {
  Actions() { posix_spawn_file_actions_init(&list); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() { posix_spawn_file_actions_destroy(&list); }

  posix_spawn_file_actions_t list;
};

pid_t spawn(const char* const* arguments, const Actions* actions) {
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid,
                                  arguments[0],
                                  actions != nullptr ? &actions->list : nullptr,
                                  nullptr,
                                  const_cast<char* const*>(arguments),
                                  environ);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "posix_spawn");
  }
  return pid;
}

void wait_for(pid_t pid) {
  int status = -1;
  waitpid(pid, &status, 0);
  require_success(status);
}

void launch(const std::string& program) {
  const char* const arguments[] = {program.c_str(), nullptr};
  wait_for(spawn(arguments, nullptr));
}

void launch_closing(const std::string& program) {
  const char* const arguments[] = {program.c_str(), nullptr};
  Actions actions;
  posix_spawn_file_actions_addclosefrom_np(&actions.list, 3);
  wait_for(spawn(arguments, &actions));
}

std::string echo() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  Actions actions;
  posix_spawn_file_actions_adddup2(&actions.list, ends[1], STDOUT_FILENO);
  const char* const arguments[] = {"/bin/echo", "hi", nullptr};
  const pid_t pid = spawn(arguments, &actions);
  close(ends[1]);
  char block[4096];
  std::string output;
  for (ssize_t count = 0; (count = read(ends[0], block, sizeof block)) > 0;) {
    output.append(block, static_cast<std::size_t>(count));
  }
  close(ends[0]);
  wait_for(pid);
  return output;
}

void start_bare(const std::string& folder) {
  launch(folder + "bare");
}

void start_linked(const std::string& folder) {
  launch(folder + "linked");
}

const Announce announce{{.name = "posix_spawn", .launch = launch, .echo = echo}};
const Announce announce_closing{{.name = "posix_spawn-closing", .launch = launch_closing}};
const Announce announce_bare{{.name = "bare", .startup = start_bare}};
const Announce announce_linked{{.name = "linked", .startup = start_linked}};

}  // namespace

}  // namespace bench
