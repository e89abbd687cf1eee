#include "platform/memory.hpp"

#include "platform/posix_call.hpp"

#include <cstdint>

#include <sys/mman.h>

namespace progeny::platform {

// A page fault for every 4 KiB costs more than the copying out of the pipe; with 2 MiB pages there
// are 512 times fewer. Where they are not to be had the advice is refused, and nothing is lost.
void advise_bulk_memory(void* begin, std::size_t size) noexcept {
  constexpr std::uintptr_t page = 4096;
  const ErrnoKeeper keeper;
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t first = (address + page - 1) & ~(page - 1);
  const std::uintptr_t last = (address + size) & ~(page - 1);
  if (last > first) {
    ::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
  }
}

}  // namespace progeny::platform
