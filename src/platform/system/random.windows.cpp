#include "platform/system/random.hpp"

#include "platform/system/win32.windows.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

#include <ntsecapi.h>

namespace progeny::platform {

std::string random_bytes(std::size_t count) {
  constexpr std::size_t most = 1U << 20U;
  std::string bytes(count, '\0');
  for (std::size_t done = 0; done < count;) {
    const std::size_t part = std::min(most, count - done);
    if (::RtlGenRandom(bytes.data() + done, static_cast<ULONG>(part)) == FALSE) {
      throw OSError(last_error(), "RtlGenRandom");
    }
    done += part;
  }
  return bytes;
}

}  // namespace progeny::platform
