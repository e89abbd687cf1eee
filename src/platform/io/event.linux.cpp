#include "platform/io/event.hpp"

#include "platform/system/errno.posix.hpp"

#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace progeny::platform {

Event::Event() : handle_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {}

void Event::set() noexcept {
  const ErrnoKeeper keeper;
  const std::uint64_t one = 1;
  // It fails only if the counter is full, and then the switch is set already.
  static_cast<void>(!::write(handle_.get(), &one, sizeof one));
}

void Event::clear() noexcept {
  const ErrnoKeeper keeper;
  std::uint64_t count = 0;
  // It fails only if the counter is 0, and then the switch is clear already.
  static_cast<void>(!::read(handle_.get(), &count, sizeof count));
}

}  // namespace progeny::platform
