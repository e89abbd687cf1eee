#include "platform/process/fork.hpp"

#include "platform/process/pidfd.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <atomic>

#include <pthread.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// Written in a forked child while it has one thread. The threads that it starts read the new value:
// starting a thread orders what came before.
std::atomic<std::uint32_t> generation{0};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

// Registered while the program is loaded, so that no fork is missed.
const int counting = ::pthread_atfork(nullptr, nullptr, [] {
  generation.store(generation.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
});

}  // namespace

bool can_fork() noexcept {
  return true;
}

Copy fork_process() {
  const int pid = checked(::fork(), "fork");
  return pid == 0 ? Copy{} : Copy{.pid = pid, .process = open_pidfd(pid)};
}

std::uint32_t fork_generation() noexcept {
  static_cast<void>(counting);
  return generation.load(std::memory_order_relaxed);
}

void on_fork(const ForkHooks& hooks) {
  const int error = ::pthread_atfork(hooks.before, hooks.after_in_parent, hooks.after_in_child);
  if (error != 0) {
    throw OSError(std::error_code(error, std::generic_category()), "pthread_atfork");
  }
}

}  // namespace progeny::platform
