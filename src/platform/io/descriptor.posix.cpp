#include "platform/io/descriptor.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/io/quiet_write.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

constexpr mode_t new_file_mode = 0666;

int flags_of(OpenMode mode) noexcept {
  switch (mode) {
    case OpenMode::read:
      return O_RDONLY;
    case OpenMode::write:
      return O_WRONLY | O_CREAT | O_TRUNC;
    case OpenMode::append:
      return O_WRONLY | O_CREAT | O_APPEND;
    case OpenMode::read_write:
      return O_RDWR;
  }
  return O_RDONLY;
}

// Returns the events that poll(2) reports. If poll(2) fails, so will the caller's next read or
// write, and it says why.
short wait_for(native_handle handle, short events) noexcept {
  pollfd entry{.fd = handle, .events = events, .revents = 0};
  static_cast<void>(retry_interrupted([&entry] { return ::poll(&entry, 1, -1); }));
  return entry.revents;
}

// A terminal reports EIO when all descriptors of its other side are closed.
bool is_end_of_terminal(native_handle handle) noexcept {
  return errno == EIO && ::isatty(handle) == 1;
}

IoResult result_of(ssize_t count) noexcept {
  if (count < 0) {
    return {.count = 0, .error = last_error()};
  }
  return {.count = static_cast<std::size_t>(count)};
}

}  // namespace

Handle own_new(int descriptor) noexcept {
  Handle handle(descriptor);
  if (handle && descriptor < first_free_number) {
    handle = Handle(::fcntl(descriptor, F_DUPFD_CLOEXEC, first_free_number));
  }
  return handle;
}

Handle new_handle(int descriptor, std::string_view call, std::string_view path) {
  Handle handle = own_new(descriptor);
  if (!handle && path.empty()) {
    throw_errno(call);
  }
  if (!handle) {
    throw_errno(call, path);
  }
  return handle;
}

native_handle handle_of_descriptor(int descriptor) noexcept {
  return descriptor;
}

native_handle handle_of_file(std::FILE* file) noexcept {
  return ::fileno(file);
}

// Its number even if it is closed: using it then fails with EBADF, as it does in the host.
native_handle standard_stream(int number) noexcept {
  return number;
}

bool is_open(native_handle handle) noexcept {
  const ErrnoKeeper keeper;
  return ::fcntl(handle, F_GETFD) != -1;
}

native_handle handle_of_number(long long number) noexcept {
  return static_cast<native_handle>(number);
}

Handle take_inherited(long long number) {
  const native_handle handle = handle_of_number(number);
  checked(::fcntl(handle, F_SETFD, FD_CLOEXEC), "fcntl");
  return Handle(handle);
}

long long number_of(native_handle handle) noexcept {
  return handle;
}

Handle open_file(const std::string& path, OpenMode mode) {
  const int flags = flags_of(mode) | O_CLOEXEC | O_NOCTTY;
  return new_handle(
      retry_interrupted([&] { return ::open(path.c_str(), flags, new_file_mode); }), "open", path);
}

Handle open_null_device() {
  return open_file("/dev/null", OpenMode::read_write);
}

// A handle that the host made non-blocking is waited for with poll(2), so it seems to block.
IoResult read_some(native_handle handle, std::span<char> space) noexcept {
  const ErrnoKeeper keeper;
  for (;;) {
    const ssize_t count =
        retry_interrupted([&] { return ::read(handle, space.data(), space.size()); });
    if (count >= 0) {
      return {.count = static_cast<std::size_t>(count)};
    }
    if (is_end_of_terminal(handle)) {
      return {};
    }
    if (errno != EAGAIN) {
      return {.count = 0, .error = last_error()};
    }
    wait_for(handle, POLLIN);
  }
}

IoResult try_write(native_handle handle, std::string_view bytes) noexcept {
  const ErrnoKeeper keeper;
  return result_of(quiet_write_at_once(handle, bytes));
}

IoResult write_some(native_handle handle, std::string_view bytes) noexcept {
  const ErrnoKeeper keeper;
  for (;;) {
    const IoResult result = result_of(quiet_write(handle, bytes));
    if (result.error != std::errc::operation_would_block) {
      return result;
    }
    // A terminal whose other side is closed takes a little more, and then blocks for ever.
    if ((wait_for(handle, POLLOUT) & POLLHUP) != 0) {
      return {.error = std::make_error_code(std::errc::broken_pipe)};
    }
  }
}

}  // namespace progeny::platform
