#include "platform/process/child.hpp"

#include "platform/process/process_tree.hpp"

namespace progeny::platform {

std::optional<ExitStatus> Child::poll() noexcept {
  const std::lock_guard lock(mutex_);
  return reap_locked();
}

std::optional<ExitStatus> Child::known() const noexcept {
  const std::lock_guard lock(mutex_);
  return status_;
}

// The lock keeps the child from being reaped meanwhile, so its number stays its own.
std::error_code Child::terminate_tree() {
  const std::lock_guard lock(mutex_);
  return reap_locked() ? std::error_code() : platform::terminate_tree(pid_);
}

std::error_code Child::kill_tree() {
  const std::lock_guard lock(mutex_);
  return reap_locked() ? std::error_code() : platform::kill_tree(pid_);
}

}  // namespace progeny::platform
