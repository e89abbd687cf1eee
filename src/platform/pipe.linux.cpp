#include "platform/pipe.hpp"

#include "platform/posix_call.hpp"

#include <algorithm>
#include <limits>

#include <fcntl.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

constexpr int first_free_number = 3;

Handle above_standard_streams(int descriptor) {
  Handle handle(descriptor);
  if (descriptor >= first_free_number) {
    return handle;
  }
  return Handle(checked(::fcntl(descriptor, F_DUPFD_CLOEXEC, first_free_number), "pipe"));
}

}  // namespace

// pipe(2) and fcntl(2) in two steps would leak both ends into a child that another thread starts
// in between; pipe2(2) sets the flag at birth (Linux 2.6.27). Both ends are alike here.
Pipe make_pipe(PipeEnd /*ours*/) {
  int ends[2] = {-1, -1};
  checked(::pipe2(ends, O_CLOEXEC), "pipe");
  Handle write_end(ends[1]);
  Pipe pipe;
  pipe.read_end = above_standard_streams(ends[0]);
  pipe.write_end = above_standard_streams(write_end.release());
  return pipe;
}

std::error_code resize_pipe(native_handle either_end, std::size_t capacity) noexcept {
  const ErrnoKeeper keeper;
  const auto wanted =
      static_cast<int>(std::min<std::size_t>(capacity, std::numeric_limits<int>::max()));
  return ::fcntl(either_end, F_SETPIPE_SZ, wanted) == -1 ? last_error() : std::error_code();
}

}  // namespace progeny::platform
