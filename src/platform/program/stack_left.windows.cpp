#include "platform/program/stack_left.hpp"

#include "platform/system/win32.windows.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>

namespace progeny::platform {

std::size_t stack_left() noexcept {
  ULONG_PTR lowest = 0;
  ULONG_PTR end = 0;
  ::GetCurrentThreadStackLimits(&lowest, &end);
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return lowest <= here && here < end ? here - lowest : std::numeric_limits<std::size_t>::max();
}

}  // namespace progeny::platform
