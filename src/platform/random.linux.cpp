#include "platform/random.hpp"

#include "platform/posix_call.hpp"

#include <sys/random.h>

namespace progeny::platform {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t done = 0; done < count;) {
    done += static_cast<std::size_t>(checked(
        retry_interrupted([&] { return ::getrandom(bytes.data() + done, count - done, 0); }),
        "getrandom"));
  }
  return bytes;
}

}  // namespace progeny::platform
