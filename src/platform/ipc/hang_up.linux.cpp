#include "platform/ipc/hang_up.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <cstdint>

#include <poll.h>
#include <sys/epoll.h>

namespace progeny::platform {

namespace {

void add(const Handle& set, native_handle handle, std::uint32_t events) {
  epoll_event wanted{.events = events, .data = {.fd = handle}};
  checked(::epoll_ctl(set.get(), EPOLL_CTL_ADD, handle, &wanted), "epoll_ctl");
}

}  // namespace

bool is_hung_up(native_handle socket) noexcept {
  const ErrnoKeeper keeper;
  pollfd entry{.fd = socket, .events = 0, .revents = 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & (POLLHUP | POLLERR)) != 0;
}

Handle readable_or_hung_up(native_handle event, native_handle socket) {
  const ErrnoKeeper keeper;
  Handle set = new_handle(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  add(set, event, EPOLLIN);
  add(set, socket, 0);  // A hang-up is reported without being asked for (epoll_ctl(2)).
  return set;
}

}  // namespace progeny::platform
