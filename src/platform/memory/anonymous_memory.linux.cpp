#include "platform/memory/anonymous_memory.hpp"

#include "platform/system/errno.posix.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// Memory without a file system is limited by nothing: fallocate(2) would take page after page until
// the kernel kills somebody for want of memory.
void require_possible(std::size_t size) {
  struct sysinfo facts{};
  checked(::sysinfo(&facts), "sysinfo");
  const std::size_t pieces = std::size_t{facts.totalram} + facts.totalswap;
  if (size / facts.mem_unit > pieces) {
    throw OSError(std::make_error_code(std::errc::not_enough_memory), "fallocate");
  }
}

}  // namespace

std::size_t page_size() noexcept {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

Handle make_anonymous_memory(const char* name, std::size_t size) {
  Handle memory(checked(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd_create"));
  reserve_memory(memory.get(), 0, size);
  // Memory that a peer cut off would end every process that touches it by SIGBUS.
  checked(::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL), "fcntl");
  return memory;
}

void reserve_memory(native_handle memory, std::size_t offset, std::size_t size) {
  if (size != 0) {
    require_possible(offset + size);
    checked(retry_interrupted([&] {
              return ::fallocate(memory, 0, static_cast<off_t>(offset), static_cast<off_t>(size));
            }),
            "fallocate");
  }
}

std::size_t size_of_anonymous_memory(native_handle memory) {
  if ((checked(::fcntl(memory, F_GET_SEALS), "fcntl") & F_SEAL_SHRINK) == 0) {
    throw OSError(std::make_error_code(std::errc::operation_not_permitted), "mmap");
  }
  struct stat facts{};
  checked(::fstat(memory, &facts), "fstat");
  return static_cast<std::size_t>(facts.st_size);
}

MemoryIdentity identity_of(native_handle memory) {
  struct stat facts{};
  checked(::fstat(memory, &facts), "fstat");
  return {facts.st_dev, facts.st_ino};
}

Mapping::Mapping(native_handle memory, std::size_t size) : size_(size) {
  void* const address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
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
