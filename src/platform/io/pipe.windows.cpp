#include "platform/io/pipe.hpp"

#include "platform/system/win32.windows.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <atomic>
#include <string>
#include <utility>

namespace progeny::platform {

namespace {

// As large as a pipe of Linux, so that most output never makes a child wait.
constexpr DWORD capacity = DWORD{64} * 1024;

std::wstring unique_name() {
  static std::atomic<unsigned long long> count = 0;
  return widen(fmt::format(R"(\\.\pipe\progeny-{}-{})", ::GetCurrentProcessId(), ++count));
}

}  // namespace

// The ends of CreatePipe cannot do overlapped work, and without that there are no deadlines. The
// ends of a named pipe can: ours is opened for it, and the child's is an ordinary one, as programs
// expect. The name is gone with the handles. No other process can have made it before
// (FILE_FLAG_FIRST_PIPE_INSTANCE) or can connect in between (one instance, no remote clients).
Pipe make_pipe(PipeEnd ours) {
  const bool we_read = ours == PipeEnd::read;
  const std::wstring name = unique_name();
  const DWORD direction = we_read ? PIPE_ACCESS_INBOUND : PIPE_ACCESS_OUTBOUND;
  HANDLE own = ::CreateNamedPipeW(
      name.c_str(),
      direction | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
      PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
      1,
      capacity,
      capacity,
      0,
      nullptr);
  if (own == INVALID_HANDLE_VALUE) {
    throw OSError(last_error(), "pipe");
  }
  Handle own_end(own);
  HANDLE other = ::CreateFileW(name.c_str(),
                               we_read ? GENERIC_WRITE : GENERIC_READ,
                               0,
                               nullptr,
                               OPEN_EXISTING,
                               FILE_ATTRIBUTE_NORMAL,
                               nullptr);
  if (other == INVALID_HANDLE_VALUE) {
    throw OSError(last_error(), "pipe");
  }
  Handle other_end(other);
  Pipe pipe;
  pipe.read_end = std::move(we_read ? own_end : other_end);
  pipe.write_end = std::move(we_read ? other_end : own_end);
  return pipe;
}

// The size of a pipe is fixed when it is made.
std::error_code resize_pipe(native_handle, std::size_t) noexcept {
  return std::make_error_code(std::errc::not_supported);
}

}  // namespace progeny::platform
