#include "support/system/memory_file.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace progeny::testing {

MemoryFile::MemoryFile(std::string_view text)
    : handle_(::memfd_create("test", MFD_CLOEXEC)), descriptor_(handle_.get()) {
  const auto size = static_cast<ssize_t>(text.size());
  if (!handle_ || ::pwrite(descriptor_, text.data(), text.size(), 0) != size) {
    throw std::system_error(errno, std::generic_category(), "memfd_create");
  }
}

MemoryFile::~MemoryFile() = default;

File MemoryFile::stream() const {
  return File(::fdopen(::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0), "r+"));
}

long MemoryFile::offset() const {
  return ::lseek(descriptor_, 0, SEEK_CUR);
}

void MemoryFile::seek(long offset) const {
  ::lseek(descriptor_, offset, SEEK_SET);
}

std::string MemoryFile::contents() const {
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const auto at = static_cast<off_t>(text.size());
    const ssize_t count = ::pread(descriptor_, block.data(), block.size(), at);
    if (count <= 0) {
      return text;
    }
    text.append(block.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace progeny::testing
