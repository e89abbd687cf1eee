#include "platform/process/process_end.hpp"

#include "platform/system/errno.posix.hpp"
#include "platform/system/signal_mask.posix.hpp"

#include <cstdio>
#include <iostream>

#include <fcntl.h>
#include <unistd.h>

namespace progeny::platform {

void flush_streams() noexcept {
  const ErrnoKeeper keeper;
  try {
    std::cout.flush();
    std::wcout.flush();
    std::clog.flush();
  } catch (...) {  // NOLINT(bugprone-empty-catch): the host had its streams throw.
  }
  std::fflush(nullptr);
}

void leave(int code) noexcept {
  ::_exit(code);
}

void empty_standard_input() noexcept {
  const ErrnoKeeper keeper;
  // Not lifted: it is to become descriptor 0.
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null > STDIN_FILENO) {
    static_cast<void>(::dup2(null, STDIN_FILENO));
    static_cast<void>(::close(null));
  } else if (null == STDIN_FILENO) {
    static_cast<void>(::fcntl(null, F_SETFD, 0));
  }
}

void detach_from_parent() {
  static_cast<void>(block_all_signals());
  if (checked(::fork(), "fork") != 0) {
    ::_exit(0);
  }
}

}  // namespace progeny::platform
