#include "platform/io/readable_set.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/handle.hpp>

#include <sys/epoll.h>

namespace progeny::platform {

// epoll(7), level-triggered.
ReadableSet::ReadableSet() {
  const ErrnoKeeper keeper;
  handle_ = new_handle(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
}

void ReadableSet::add(native_handle member) {
  const ErrnoKeeper keeper;
  epoll_event event{};
  event.events = EPOLLIN;
  checked(::epoll_ctl(handle_.get(), EPOLL_CTL_ADD, member, &event), "epoll_ctl");
}

void ReadableSet::remove(native_handle member) noexcept {
  const ErrnoKeeper keeper;
  epoll_event event{};
  static_cast<void>(::epoll_ctl(handle_.get(), EPOLL_CTL_DEL, member, &event));
}

}  // namespace progeny::platform
