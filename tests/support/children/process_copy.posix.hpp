#pragma once

// What must not happen to the test program itself, such as closing stdout, happens to a copy.

#include "support/system/process_facts.hpp"

#include <functional>

#include <sys/wait.h>
#include <unistd.h>

namespace progeny::testing {

/// What a copy made by fork(2) ends with if its `body` throws, or dies by a signal.
inline constexpr int copy_failed = 99;

/// Calls `body` in a copy of this process and returns the verdict that it returned there: 0 to 98.
[[nodiscard]] inline int verdict_of_copy(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    try {
      ::_exit(body());
    } catch (...) {
      ::_exit(copy_failed);
    }
  }
  int status = 0;
  const bool reaped = ::waitpid(pid, &status, 0) == pid;
  return reaped && WIFEXITED(status) ? WEXITSTATUS(status) : copy_failed;
}

}  // namespace progeny::testing
