#include <progeny/base/timeout.hpp>

#include <fmt/format.h>

namespace progeny {

std::string seconds_text(std::chrono::nanoseconds duration) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(duration);
  if (whole == duration) {
    return fmt::format("{}", whole.count());
  }
  return fmt::format("{}", std::chrono::duration<double>(duration).count());
}

}  // namespace progeny
