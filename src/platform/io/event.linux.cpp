#include "platform/io/event.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/io/pipe.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/errors.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// A pipe both of whose ends are one descriptor, for sandboxes that refuse eventfd(2). Linux opens a
// pipe for reading and writing at once (fifo(7)). None if that does not work either.
Handle make_pipe_with_one_end() {
  const Pipe pipe = make_pipe(PipeEnd::read);
  std::array<char, 32> path{};
  static_cast<void>(
      std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", pipe.read_end.get()));
  return own_new(::open(path.data(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
}

Handle make_switch() {
  const ErrnoKeeper keeper;
  Handle handle = own_new(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const int error = errno;
  if (!handle && may_be_refused(error)) {
    handle = make_pipe_with_one_end();
  }
  if (!handle) {
    throw OSError({error, std::generic_category()}, "eventfd");
  }
  return handle;
}

}  // namespace

Event::Event() : handle_(make_switch()) {}

void Event::set() noexcept {
  const ErrnoKeeper keeper;
  const std::uint64_t one = 1;
  // It fails only if the counter (or the pipe) is full, and then the switch is set already.
  static_cast<void>(!::write(handle_.get(), &one, sizeof one));
}

void Event::clear() noexcept {
  const ErrnoKeeper keeper;
  // A counter gives 8 bytes and is 0 then; a pipe gives all it has, in several reads if need be.
  // The read fails only if the switch is clear already.
  std::array<char, 4096> bytes{};
  while (::read(handle_.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())) {
  }
}

}  // namespace progeny::platform
