#include "platform/memory/mapping.hpp"

#include "platform/system/errno.posix.hpp"

#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace progeny::platform {

std::size_t page_size() noexcept {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Pages beyond the end of the memory may be mapped, too. Using them raises SIGBUS until the memory
// has been extended (mmap(2)).
Mapping::Mapping(native_handle memory, std::size_t size, std::size_t offset) : size_(size) {
  void* const address =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, static_cast<off_t>(offset));
  if (address == MAP_FAILED) {
    throw_errno("mmap");
  }
  data_ = static_cast<std::byte*>(address);
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  Mapping taken(std::move(other));
  std::swap(data_, taken.data_);
  std::swap(size_, taken.size_);
  return *this;
}

Mapping::~Mapping() {
  if (data_ != nullptr) {
    ::munmap(data_, size_);
  }
}

}  // namespace progeny::platform
