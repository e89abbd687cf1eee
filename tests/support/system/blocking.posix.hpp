#pragma once

// Whether reads and writes of an open file wait: for tests about files that others have changed.

#include <fcntl.h>

namespace progeny::testing {

/// Makes calls on the open file behind `descriptor` wait, or return at once.
inline void set_blocking(int descriptor, bool blocking) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  ::fcntl(descriptor, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

/// Whether they wait.
[[nodiscard]] inline bool is_blocking(int descriptor) {
  return (::fcntl(descriptor, F_GETFL) & O_NONBLOCK) == 0;
}

}  // namespace progeny::testing
