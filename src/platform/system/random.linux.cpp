#include "platform/system/random.hpp"

#include "platform/system/errno.posix.hpp"

#include <sys/random.h>

namespace progeny::platform {

std::string random_bytes(std::size_t count) {
  const ErrnoKeeper keeper;
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t more =
        retry_interrupted([&] { return ::getrandom(bytes.data() + filled, count - filled, 0); });
    filled += static_cast<std::size_t>(checked(more, "getrandom"));
  }
  return bytes;
}

}  // namespace progeny::platform
