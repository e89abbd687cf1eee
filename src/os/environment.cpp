#include <progeny/os/environment.hpp>

#include "platform/host/environment.hpp"
#include "platform/system/processor.hpp"

namespace progeny::os {

Environment environment() {
  return platform::current_environment();
}

std::optional<int> cpu_count() {
  const int count = platform::processor_count();
  return count > 0 ? std::optional(count) : std::nullopt;
}

}  // namespace progeny::os
