#include "support/children/endings.hpp"

namespace progeny::testing {

int returncode_of_kill() {
  return 1;
}

int returncode_of_terminate() {
  return 1;
}

int returncode_of_broken_pipe() {
  return 99;
}

int wait_status_of_exit(int code) {
  return code;
}

}  // namespace progeny::testing
