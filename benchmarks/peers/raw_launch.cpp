// The limits for launching: `raw-clone3`, what the kernel needs for a child with a pidfd, and
// `raw-vfork`, what it needs for a child at all.

#include "peers/peer.hpp"
#include "peers/raw_child.hpp"

#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

void launch_clone3(const std::string& program) {
  const char* const arguments[] = {program.c_str(), nullptr};
  wait_clone3(start_clone3(arguments));
}

void launch_vfork(const std::string& program) {
  const char* const arguments[] = {program.c_str(), nullptr};
  const pid_t pid = vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork): the point.
  if (pid == 0) {
    execve(arguments[0], const_cast<char* const*>(arguments), environ);
    _exit(127);
  }
  int status = -1;
  waitpid(pid, &status, 0);
  require_success(status);
}

std::string echo() {
  RawPipe pipe;
  const char* const arguments[] = {"/bin/echo", "hi", nullptr};
  const RawChild child = start_clone3(arguments, {.out = pipe.write_end});
  pipe.close_write_end();
  char block[4096];
  std::string output;
  for (ssize_t count = 0; (count = read(pipe.read_end, block, sizeof block)) > 0;) {
    output.append(block, static_cast<std::size_t>(count));
  }
  wait_clone3(child);
  return output;
}

const Announce announce_clone3{{.name = "raw-clone3", .launch = launch_clone3, .echo = echo}};
const Announce announce_vfork{{.name = "raw-vfork", .launch = launch_vfork}};

}  // namespace

}  // namespace bench
