#include "platform/host/shell.hpp"

#include "platform/system/errno.posix.hpp"

#include <cerrno>
#include <cstdlib>

#include <sys/wait.h>

namespace progeny::platform {

// The C library's own, because of Ctrl-C: it counts its callers, and ignores SIGINT and SIGQUIT
// while any of them waits. A second count of ours would restore the dispositions at the wrong time.
int run_in_shell(const std::string& command) {
  const ErrnoKeeper keeper;
  // NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): the purpose; thread-safe in glibc.
  const int status = ::system(command.c_str());
  // The command ran, and the kernel or other code of the host has taken its status.
  return status == -1 && errno == ECHILD ? -1 : checked(status, "system");
}

std::optional<int> exit_code_of(int status) noexcept {
  if (WIFEXITED(status)) {
    return WEXITSTATUS(status);
  }
  if (WIFSIGNALED(status)) {
    return -WTERMSIG(status);
  }
  return std::nullopt;
}

int status_of_returncode(std::int64_t returncode) noexcept {
  const int code = static_cast<int>(returncode);
  return code >= 0 ? W_EXITCODE(code, 0) : W_EXITCODE(0, -code);
}

std::vector<std::string> shell_prefix() {
  return {"/bin/sh", "-c"};
}

}  // namespace progeny::platform
