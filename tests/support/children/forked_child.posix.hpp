#pragma once

// A copy of the test process that runs beside it.

#include "support/children/process_copy.posix.hpp"

#include <cerrno>
#include <csignal>
#include <functional>

#include <sys/wait.h>
#include <unistd.h>

namespace progeny::testing {

/// Runs `body` in a forked copy of this process, which ends with what it returns, or with
/// `copy_failed` if it throws. Killed at the end of the scope if nobody has waited for it.
class ForkedChild {
 public:
  explicit ForkedChild(const std::function<int()>& body) : pid_(::fork()) {
    if (pid_ == 0) {
      try {
        ::_exit(body());
      } catch (...) {
        ::_exit(copy_failed);
      }
    }
  }
  ForkedChild(const ForkedChild&) = delete;
  ForkedChild& operator=(const ForkedChild&) = delete;
  ~ForkedChild() {
    if (pid_ > 0) {
      kill();
      static_cast<void>(wait());
    }
  }

  [[nodiscard]] int pid() const { return pid_; }
  void kill() const { ::kill(pid_, SIGKILL); }

  /// Waits for its end: what `body` returned, or the negative signal that ended it.
  [[nodiscard]] int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) == -1 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

}  // namespace progeny::testing
