#pragma once

// A file that a test hands to a child by its descriptor.

#include <progeny/base/handle.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace progeny::testing {

/// A nameless file, open for reading and writing, at its start, and close-on-exec.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text = {}) : handle_(::memfd_create("test", MFD_CLOEXEC)) {
    const auto size = static_cast<ssize_t>(text.size());
    if (!handle_ || ::pwrite(descriptor(), text.data(), text.size(), 0) != size) {
      throw std::system_error(errno, std::generic_category(), "memfd_create");
    }
  }

  [[nodiscard]] int descriptor() const { return handle_.get(); }
  [[nodiscard]] const Handle& handle() const { return handle_; }
  /// The offset, which a child shares.
  [[nodiscard]] off_t offset() const { return ::lseek(descriptor(), 0, SEEK_CUR); }
  /// All that is in it, whatever the offset.
  [[nodiscard]] std::string contents() const {
    std::string text;
    std::array<char, 4096> block{};
    for (;;) {
      const auto at = static_cast<off_t>(text.size());
      const ssize_t count = ::pread(descriptor(), block.data(), block.size(), at);
      if (count <= 0) {
        return text;
      }
      text.append(block.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  Handle handle_;
};

/// Whether this process has `descriptor` open.
[[nodiscard]] inline bool is_open(int descriptor) {
  return ::fcntl(descriptor, F_GETFD) != -1;
}

/// Whether an open descriptor is kept from programs that this process starts.
[[nodiscard]] inline bool is_close_on_exec(int descriptor) {
  return (::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0;
}

}  // namespace progeny::testing
