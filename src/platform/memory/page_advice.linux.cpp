#include "platform/memory/page_advice.hpp"

#include "platform/system/errno.posix.hpp"

#include <memory>

#include <sys/mman.h>

namespace progeny::platform {

// A page fault for each 4 KiB costs more than copying them out of a pipe; with pages of 2 MiB there
// are 512 times fewer. If the system has no large pages it refuses the advice, and nothing is lost.
void advise_large_pages(void* begin, std::size_t size) noexcept {
  constexpr std::size_t page = 4096;
  const ErrnoKeeper keeper;
  if (std::align(page, page, begin, size) != nullptr) {
    ::madvise(begin, size / page * page, MADV_HUGEPAGE);
  }
}

}  // namespace progeny::platform
