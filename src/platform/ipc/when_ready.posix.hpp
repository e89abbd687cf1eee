#pragma once

// The loop around a call on a descriptor that may be non-blocking. POSIX only.

#include "base/deadline.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/io/poll.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include <poll.h>
#include <sys/types.h>

namespace progeny::platform {

/// Whether the last call failed because it would have blocked.
[[nodiscard]] inline bool would_block() noexcept {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

/// A call on a local socket, which is made once more if it reports that the peer has closed its end
/// with something unread. A socket of packets reports that once, as ECONNRESET, before it gives
/// what the peer had sent; the next call gives that, or the end of the stream, or EPIPE.
template <class Call>
[[nodiscard]] auto past_reset(Call call) {
  return [call] {
    const ssize_t count = call();
    return count == -1 && errno == ECONNRESET ? call() : count;
  };
}

/// Waits until the descriptor is ready for `events`, then calls `call`, which moves bytes and
/// returns their number or -1. Repeats both while the call would block. Without a deadline the
/// first call comes without a wait: a blocking descriptor waits by itself, which saves a poll(2).
template <class Call>
[[nodiscard]] IoResult when_ready(int descriptor,
                                  short events,
                                  const detail::Deadline& deadline,
                                  Call call) {
  const ErrnoKeeper keeper;
  bool wait_first = !deadline.is_never();
  for (;;) {
    std::array entries{pollfd{.fd = descriptor, .events = events, .revents = 0}};
    if (wait_first && !poll_until(entries, deadline)) {
      return {.count = 0, .error = std::make_error_code(std::errc::timed_out)};
    }
    const ssize_t count = retry_interrupted(call);
    if (count >= 0) {
      return {.count = static_cast<std::size_t>(count)};
    }
    if (!would_block()) {
      return {.count = 0, .error = last_error()};
    }
    wait_first = true;
  }
}

}  // namespace progeny::platform
