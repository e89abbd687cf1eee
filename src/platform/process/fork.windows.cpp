#include "platform/process/fork.hpp"

#include <progeny/base/errors.hpp>

#include <system_error>

namespace progeny::platform {

bool can_fork() noexcept {
  return false;
}

Copy fork_process() {
  throw OSError(std::make_error_code(std::errc::function_not_supported), "fork");
}

std::uint32_t fork_generation() noexcept {
  return 0;
}

void on_fork(const ForkHooks& /*hooks*/) {}

}  // namespace progeny::platform
