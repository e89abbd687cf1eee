#include "base/made_early.hpp"
#include "platform/io/quiet_write.posix.hpp"
#include "platform/system/errno.posix.hpp"
#include "platform/system/features.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>

#include <sys/uio.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// RWF_NOSIGNAL, a flag of pwritev2(2) since Linux 6.18. Debian 12's headers lack it.
constexpr int rwf_nosignal = 0x100;

// Cleared once, by the first write that the kernel refuses. Relaxed, as it guards nothing else: a
// thread that still sees the old value just makes the same attempt.
std::atomic<bool>& kernel_can_be_quiet() noexcept {
  static std::atomic<bool> can{!is_disabled(Feature::nosignal_write)};
  return can;
}

const progeny::detail::MadeEarly early(kernel_can_be_quiet);

bool sigpipe_is_pending() noexcept {
  sigset_t pending;
  sigemptyset(&pending);
  ::sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 1;
}

// SIGPIPE goes to the thread that writes. So it is enough to block it in this thread, and to fetch
// it before unblocking. It comes with EPIPE, and also with a short count if the reader closed while
// the rest waited for room (pipe_write in Linux's fs/pipe.c).
ssize_t write_with_sigpipe_blocked(int descriptor, std::string_view bytes) noexcept {
  sigset_t pipe_only;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  const bool was_pending = sigpipe_is_pending();
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
  const ssize_t count =
      retry_interrupted([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
  const int error = errno;
  const bool all_written = count == static_cast<ssize_t>(bytes.size());
  if (!all_written && !was_pending) {
    const timespec at_once{};
    static_cast<void>(
        retry_interrupted([&] { return ::sigtimedwait(&pipe_only, nullptr, &at_once); }));
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return count;
}

}  // namespace

ssize_t quiet_write(int descriptor, std::string_view bytes) noexcept {
  if (kernel_can_be_quiet().load(std::memory_order_relaxed)) {
    // pwritev2 does not write to the memory; iovec serves reading, too.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): see above.
    const iovec block{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
    const ssize_t count =
        retry_interrupted([&] { return ::pwritev2(descriptor, &block, 1, -1, rwf_nosignal); });
    if (count != -1 || (errno != EOPNOTSUPP && errno != EINVAL && errno != ENOSYS)) {
      return count;
    }
    kernel_can_be_quiet().store(false, std::memory_order_relaxed);
  }
  return write_with_sigpipe_blocked(descriptor, bytes);
}

}  // namespace progeny::platform
