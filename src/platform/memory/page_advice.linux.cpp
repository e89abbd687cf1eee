#include "platform/memory/page_advice.hpp"

#include "platform/system/errno.posix.hpp"

#include <memory>

#include <sys/mman.h>

namespace progeny::platform {

// A page fault for every 4 KiB costs more than the copying out of the pipe; with 2 MiB pages there
// are 512 times fewer. Where they are not to be had the advice is refused, and nothing is lost.
void advise_large_pages(void* begin, std::size_t size) noexcept {
  constexpr std::size_t page = 4096;
  const ErrnoKeeper keeper;
  if (std::align(page, page, begin, size) != nullptr) {
    ::madvise(begin, size / page * page, MADV_HUGEPAGE);
  }
}

}  // namespace progeny::platform
