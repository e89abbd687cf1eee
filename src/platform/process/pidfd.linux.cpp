#include "platform/process/pidfd.posix.hpp"
#include "platform/system/errno.posix.hpp"
#include "platform/system/features.hpp"

#include <cerrno>

#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform {

Handle open_pidfd(int pid) noexcept {
  if (is_disabled(Feature::pidfd)) {
    return {};
  }
  const ErrnoKeeper keeper;
  return Handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

int signal_pidfd(native_handle process, int signal) noexcept {
  const ErrnoKeeper keeper;
  const long result = ::syscall(SYS_pidfd_send_signal, process, signal, nullptr, 0);
  return result == -1 ? errno : 0;
}

}  // namespace progeny::platform
