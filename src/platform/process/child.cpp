#include "platform/process/child.hpp"

namespace progeny::platform {

std::optional<ExitStatus> Child::poll() noexcept {
  const std::lock_guard lock(mutex_);
  return reap_locked();
}

std::optional<ExitStatus> Child::known() const noexcept {
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace progeny::platform
