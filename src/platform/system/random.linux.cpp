#include "platform/system/random.hpp"

#include "platform/system/errno.posix.hpp"

#include <progeny/base/errors.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// Fills `space` by calls of `read_some`, which returns a count or -1. Returns whether it could.
template <class ReadSome>
bool fill(std::span<char> space, ReadSome read_some) noexcept {
  while (!space.empty()) {
    const ssize_t more = retry_interrupted([&] { return read_some(space); });
    if (more <= 0) {
      return false;
    }
    space = space.subspan(static_cast<std::size_t>(more));
  }
  return true;
}

// For sandboxes that refuse getrandom(2).
bool fill_from_device(std::span<char> space) noexcept {
  // Not lifted: it is closed again at once.
  const int device = ::open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (device == -1) {
    return false;
  }
  const bool filled = fill(
      space, [device](std::span<char> rest) { return ::read(device, rest.data(), rest.size()); });
  ::close(device);
  return filled;
}

}  // namespace

std::string random_bytes(std::size_t count) {
  const ErrnoKeeper keeper;
  std::string bytes(count, '\0');
  const bool filled =
      fill(bytes, [](std::span<char> rest) { return ::getrandom(rest.data(), rest.size(), 0); });
  const std::error_code error = last_error();
  if (!filled && !fill_from_device(bytes)) {
    throw OSError(error, "getrandom");
  }
  return bytes;
}

}  // namespace progeny::platform
