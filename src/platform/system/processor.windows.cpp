#include "platform/system/processor.hpp"

#include "platform/system/win32.windows.hpp"

namespace progeny::platform {

int processor_count() noexcept {
  return static_cast<int>(::GetActiveProcessorCount(ALL_PROCESSOR_GROUPS));
}

}  // namespace progeny::platform
