#include "platform/io/poll.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <cerrno>
#include <chrono>
#include <ctime>

namespace progeny::platform {

namespace {

timespec time_left(const detail::Deadline& deadline) noexcept {
  using std::chrono::duration_cast;
  using std::chrono::seconds;
  const auto left = deadline.remaining();
  const auto whole = duration_cast<seconds>(left);
  return {.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
}

}  // namespace

// ppoll(2) rather than poll(2), whose time is an int of milliseconds: too coarse, and at most 24
// days.
bool poll_until(std::span<pollfd> entries, const detail::Deadline& deadline) {
  const ErrnoKeeper keeper;
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
