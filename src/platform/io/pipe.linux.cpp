#include "platform/io/pipe.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <algorithm>
#include <limits>

#include <fcntl.h>
#include <unistd.h>

namespace progeny::platform {

// pipe(2) and then fcntl(2) would leak both ends into a child that another thread starts in
// between. pipe2(2) sets the flag at birth (Linux 2.6.27).
Pipe make_pipe(PipeEnd /*ours*/) {
  int ends[2] = {-1, -1};
  checked(::pipe2(ends, O_CLOEXEC), "pipe");
  Handle write_end(ends[1]);
  Pipe pipe;
  pipe.read_end = new_handle(ends[0], "pipe");
  pipe.write_end = new_handle(write_end.release(), "pipe");
  return pipe;
}

std::error_code resize_pipe(native_handle either_end, std::size_t capacity) noexcept {
  const ErrnoKeeper keeper;
  const auto wanted =
      static_cast<int>(std::min<std::size_t>(capacity, std::numeric_limits<int>::max()));
  return ::fcntl(either_end, F_SETPIPE_SZ, wanted) == -1 ? last_error() : std::error_code();
}

}  // namespace progeny::platform
