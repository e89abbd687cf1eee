#include "platform/ipc/record_pipe.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/io/pipe.hpp"
#include "platform/io/poll.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/errors.hpp>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// Opens the end once more. A lock of flock(2) belongs to the open file, which processes that
// inherited the end share; the new open file has locks of its own. O_NONBLOCK, as opening a pipe
// without writers blocks (fifo(7)).
Handle opened_anew(native_handle read_end) {
  const auto path = "/proc/self/fd/" + std::to_string(read_end);
  return new_handle(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC), "open", path);
}

// 0 if the handle is not a pipe. The inode is enough, as all pipes are on one device.
std::uint64_t identity_of_pipe(native_handle handle) noexcept {
  const ErrnoKeeper keeper;
  struct stat facts{};
  return ::fstat(handle, &facts) == 0 && S_ISFIFO(facts.st_mode) ? facts.st_ino : 0;
}

// The reader holds an exclusive lock, which the kernel drops when the reader ends (flock(2)). A
// process that looks for a reader holds a shared lock for a moment. False: another lock is in the
// way.
bool lock_at_once(native_handle handle, int kind) {
  if (retry_interrupted([&] { return ::flock(handle, kind | LOCK_NB); }) == 0) {
    return true;
  }
  if (errno != EWOULDBLOCK) {
    throw_errno("flock");
  }
  return false;
}

}  // namespace

RecordPipe make_record_pipe() {
  auto pipe = make_pipe(PipeEnd::write);
  checked(::fcntl(pipe.write_end.get(), F_SETFL, O_WRONLY | O_NONBLOCK), "fcntl");
  return take_record_pipe(std::move(pipe.read_end), std::move(pipe.write_end));
}

RecordPipe take_record_pipe(Handle read_end, Handle write_end) {
  const auto identity = identity_of_pipe(read_end.get());
  if (identity == 0 || identity_of_pipe(write_end.get()) != identity) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "fstat");
  }
  return {.read_end = std::move(read_end), .write_end = std::move(write_end), .identity = identity};
}

bool is_intact(const RecordPipe& pipe) noexcept {
  return identity_of_pipe(pipe.read_end.get()) == pipe.identity &&
         identity_of_pipe(pipe.write_end.get()) == pipe.identity;
}

bool has_reader(native_handle read_end) {
  const ErrnoKeeper keeper;
  const Handle own = opened_anew(read_end);
  return !lock_at_once(own.get(), LOCK_SH);
}

Handle become_reader(native_handle read_end) {
  Handle own = opened_anew(read_end);
  while (!lock_at_once(own.get(), LOCK_EX)) {
    // The exclusive lock failed: because of a reader, or of a process that only looks. A shared
    // lock tells them apart. After a look, try again.
    if (!lock_at_once(own.get(), LOCK_SH)) {
      return {};
    }
  }
  checked(::fcntl(own.get(), F_SETFL, O_RDONLY), "fcntl");
  return own;
}

void write_record(native_handle write_end,
                  std::string_view record,
                  const progeny::detail::Deadline& deadline) {
  const ErrnoKeeper keeper;
  while (retry_interrupted([&] { return ::write(write_end, record.data(), record.size()); }) ==
         -1) {
    if (errno != EAGAIN) {
      throw_errno("write");
    }
    std::array entries{pollfd{.fd = write_end, .events = POLLOUT, .revents = 0}};
    if (!poll_until(entries, deadline)) {
      throw OSError(std::make_error_code(std::errc::timed_out), "write");
    }
  }
}

}  // namespace progeny::platform
