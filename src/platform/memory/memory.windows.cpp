#include "platform/memory/memory.hpp"

namespace progeny::platform {

// Large pages need a privilege here.
void advise_bulk_memory(void*, std::size_t) noexcept {}

}  // namespace progeny::platform
