#include <progeny/base/handle.hpp>

#include "platform/system/errno.posix.hpp"

#include <unistd.h>

namespace progeny {

// Errors are ignored, and EINTR is not retried: Linux has closed the descriptor by then, and its
// number may belong to another thread's file (close(2)).
void Handle::close(native_handle handle) noexcept {
  const platform::ErrnoKeeper keeper;
  ::close(handle);
}

}  // namespace progeny
