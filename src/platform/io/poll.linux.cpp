#include "platform/io/poll.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/handle.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <vector>

namespace progeny::platform {

namespace {

timespec time_left(const detail::Deadline& deadline) noexcept {
  using std::chrono::duration_cast;
  using std::chrono::seconds;
  const auto left = deadline.remaining();
  const auto whole = duration_cast<seconds>(left);
  return {.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
}

// Waits for `entries` and for the handle that asks the wait to stop. Where an entry is ready as
// well, that counts.
bool poll_or_stop(std::span<pollfd> entries, const detail::Deadline& deadline) {
  std::vector<pollfd> all(entries.begin(), entries.end());
  all.push_back({.fd = deadline.wake_handle(), .events = POLLIN, .revents = 0});
  for (;;) {
    const timespec left = time_left(deadline);
    const int ready = ::ppoll(all.data(), all.size(), &left, nullptr);
    if (ready == -1 && errno != EINTR) {
      throw_errno("ppoll");
    }
    if (ready > (all.back().revents != 0 ? 1 : 0)) {
      std::copy(all.begin(), all.end() - 1, entries.begin());
      return true;
    }
    if (ready >= 0 && deadline.expired()) {
      return false;
    }
  }
}

}  // namespace

// ppoll(2) rather than poll(2), whose time is an int of milliseconds: too coarse, and at most 24
// days.
bool poll_until(std::span<pollfd> entries, const detail::Deadline& deadline) {
  const ErrnoKeeper keeper;
  if (deadline.wake_handle() != Handle::none()) {
    return poll_or_stop(entries, deadline);
  }
  for (;;) {
    const timespec left = time_left(deadline);
    const timespec* const limit = deadline.is_never() ? nullptr : &left;
    const int ready = ::ppoll(entries.data(), entries.size(), limit, nullptr);
    if (ready > 0) {
      return true;
    }
    if (ready == -1 && errno != EINTR) {
      throw_errno("ppoll");
    }
    if (ready == 0 && deadline.expired()) {
      return false;
    }
  }
}

}  // namespace progeny::platform
