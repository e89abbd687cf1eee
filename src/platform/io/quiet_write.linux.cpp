#include "base/made_early.hpp"
#include "platform/io/descriptor.posix.hpp"
#include "platform/io/held_back_signal.posix.hpp"
#include "platform/io/quiet_write.posix.hpp"
#include "platform/system/errno.posix.hpp"
#include "platform/system/features.hpp"

#include <progeny/base/handle.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
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

// Whether the kernel may have no such call or flag. It may also be about the file: then a plain
// write(2) fails in the same way.
bool may_be_refusal(int error) noexcept {
  return error == EOPNOTSUPP || may_be_refused(error);
}

ssize_t write_with_flags(int descriptor, std::string_view bytes, int flags) noexcept {
  // pwritev2 does not write to the memory; iovec serves reading, too.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): see above.
  const iovec block{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
  return retry_interrupted([&] { return ::pwritev2(descriptor, &block, 1, -1, flags); });
}

// SIGPIPE comes with EPIPE, and also with a short count if the reader closed while the rest waited
// for room (pipe_write in Linux's fs/pipe.c).
template <class Write>
ssize_t with_sigpipe_held_back(std::string_view bytes, Write write) noexcept {
  HeldBackSignal sigpipe(SIGPIPE);
  const ssize_t count = write();
  if (count != static_cast<ssize_t>(bytes.size())) {
    sigpipe.take();
  }
  return count;
}

ssize_t write_plainly(int descriptor, std::string_view bytes) noexcept {
  return with_sigpipe_held_back(bytes, [&] {
    return retry_interrupted([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
  });
}

bool is_non_blocking(int descriptor) noexcept {
  const int flags = ::fcntl(descriptor, F_GETFL);
  return flags != -1 && (flags & O_NONBLOCK) != 0;
}

// The same pipe as another open file, which does not block. None if there is no /proc, or if this
// is not a pipe: opening a terminal's other side makes a new terminal.
Handle opened_not_to_block(int descriptor) noexcept {
  struct stat facts{};
  if (::fstat(descriptor, &facts) != 0 || !S_ISFIFO(facts.st_mode)) {
    return {};
  }
  std::array<char, 32> path{};
  static_cast<void>(std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", descriptor));
  return own_new(::open(path.data(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
}

bool has_room(int descriptor) noexcept {
  pollfd entry{.fd = descriptor, .events = POLLOUT, .revents = 0};
  static_cast<void>(retry_interrupted([&entry] { return ::poll(&entry, 1, 0); }));
  return entry.revents != 0;
}

// For terminals, and for kernels whose pipes do not know RWF_NOWAIT (before 6.4).
ssize_t write_at_once_without_flag(int descriptor, std::string_view bytes) noexcept {
  if (is_non_blocking(descriptor)) {
    return quiet_write(descriptor, bytes);
  }
  if (const Handle own = opened_not_to_block(descriptor)) {
    return quiet_write(own.get(), bytes);
  }
  // A pipe that is reported as writable takes that much, unless another writer comes in between.
  if (!has_room(descriptor)) {
    errno = EAGAIN;
    return -1;
  }
  return quiet_write(descriptor, bytes.substr(0, PIPE_BUF));
}

}  // namespace

ssize_t quiet_write(int descriptor, std::string_view bytes) noexcept {
  if (!kernel_can_be_quiet().load(std::memory_order_relaxed)) {
    return write_plainly(descriptor, bytes);
  }
  const ssize_t count = write_with_flags(descriptor, bytes, rwf_nosignal);
  const int error = errno;
  if (count != -1 || !may_be_refusal(error)) {
    return count;
  }
  const ssize_t plain_count = write_plainly(descriptor, bytes);
  if (plain_count != -1 || errno != error) {
    kernel_can_be_quiet().store(false, std::memory_order_relaxed);
  }
  return plain_count;
}

ssize_t quiet_write_at_once(int descriptor, std::string_view bytes) noexcept {
  if (is_disabled(Feature::nosignal_write)) {
    return write_at_once_without_flag(descriptor, bytes);
  }
  if (kernel_can_be_quiet().load(std::memory_order_relaxed)) {
    const ssize_t count = write_with_flags(descriptor, bytes, rwf_nosignal | RWF_NOWAIT);
    if (count != -1 || !may_be_refusal(errno)) {
      return count;
    }
  }
  const ssize_t count = with_sigpipe_held_back(
      bytes, [&] { return write_with_flags(descriptor, bytes, RWF_NOWAIT); });
  if (count != -1 || !may_be_refusal(errno)) {
    kernel_can_be_quiet().store(false, std::memory_order_relaxed);
    return count;
  }
  return write_at_once_without_flag(descriptor, bytes);
}

}  // namespace progeny::platform
