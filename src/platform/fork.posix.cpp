#include "platform/fork.hpp"

#include "platform/pidfd.posix.hpp"
#include "platform/posix_call.hpp"

#include <unistd.h>

namespace progeny::platform {

bool can_fork() noexcept {
  return true;
}

Copy fork_process() {
  const int pid = checked(::fork(), "fork");
  return pid == 0 ? Copy{} : Copy{.pid = pid, .process = open_pidfd(pid)};
}

}  // namespace progeny::platform
