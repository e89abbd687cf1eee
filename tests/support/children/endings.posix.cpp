#include "support/children/endings.hpp"

#include <csignal>

namespace progeny::testing {

int returncode_of_kill() {
  return -SIGKILL;
}

int returncode_of_terminate() {
  return -SIGTERM;
}

int returncode_of_broken_pipe() {
  return -SIGPIPE;
}

int wait_status_of_exit(int code) {
  return code << 8;
}

}  // namespace progeny::testing
