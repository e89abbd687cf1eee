#include "support/endings.hpp"

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

}  // namespace progeny::testing
