#include "platform/io/descriptor.posix.hpp"
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
  return own_new(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

namespace {

// PIDFD_SIGNAL_PROCESS_GROUP of Linux 6.9, which the headers of Debian 12 do not know yet.
constexpr unsigned to_group = 1U << 2;

int send(native_handle process, int signal, unsigned flags) noexcept {
  const ErrnoKeeper keeper;
  const long result = ::syscall(SYS_pidfd_send_signal, process, signal, nullptr, flags);
  return result == -1 ? errno : 0;
}

}  // namespace

int signal_pidfd(native_handle process, int signal) noexcept {
  return send(process, signal, 0);
}

int signal_group_of_pidfd(native_handle process, int signal) noexcept {
  return send(process, signal, to_group);
}

}  // namespace progeny::platform
