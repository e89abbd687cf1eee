#include "platform/memory/page_advice.hpp"

namespace progeny::platform {

// Large pages need a privilege on Windows (SeLockMemoryPrivilege).
void advise_large_pages(void*, std::size_t) noexcept {}

}  // namespace progeny::platform
