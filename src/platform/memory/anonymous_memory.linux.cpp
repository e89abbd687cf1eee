#include "platform/memory/anonymous_memory.hpp"

#include "platform/memory/unnamed_file.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/errors.hpp>

#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>

namespace progeny::platform {

namespace {

// memfd_create(2) has no limit of its own: fallocate(2) would take page after page until the kernel
// kills a process for want of memory. So more than the machine has is refused here.
void require_possible(std::size_t size) {
  struct sysinfo facts{};
  if (::sysinfo(&facts) == -1) {
    return;  // A sandbox refuses the question.
  }
  const std::size_t pieces = std::size_t{facts.totalram} + facts.totalswap;
  if (size / facts.mem_unit > pieces) {
    throw OSError(std::make_error_code(std::errc::not_enough_memory), "fallocate");
  }
}

}  // namespace

Handle make_anonymous_memory(const char* name, std::size_t size) {
  auto [memory, is_sealable] = make_unnamed_file(name);
  reserve_memory(memory.get(), 0, size);
  // If a peer could cut the memory, touching the missing part would kill this process by SIGBUS.
  // Sealed against shrinking, and against further seals.
  if (is_sealable) {
    checked(::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL), "fcntl");
  }
  return std::move(memory);
}

void reserve_memory(native_handle memory, std::size_t offset, std::size_t size) {
  if (size != 0) {
    require_possible(offset + size);
    checked(allocate(memory, offset, size), "fallocate");
  }
}

bool give_memory_back(native_handle memory, std::size_t offset, std::size_t size) noexcept {
  return retry_interrupted([&] {
           return ::fallocate(memory,
                              FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                              static_cast<off_t>(offset),
                              static_cast<off_t>(size));
         }) == 0;
}

// F_GET_SEALS fails for what is not a memfd, and not on a tmpfs.
std::size_t size_of_anonymous_memory(native_handle memory) {
  const int seals = ::fcntl(memory, F_GET_SEALS);
  if ((seals == -1 || (seals & F_SEAL_SHRINK) == 0) && !is_stand_in(memory)) {
    checked(seals, "fcntl");
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

}  // namespace progeny::platform
