#include "platform/process/fork_lock.hpp"

#include "platform/process/fork.hpp"

namespace progeny::platform {

namespace {

constexpr std::uint32_t held = 1;

}  // namespace

// The loads are relaxed: only the exchange that takes the lock has to see what its last holder did.
void ForkLock::lock() noexcept {
  const std::uint32_t taken = (fork_generation() << 1) | held;
  std::uint32_t seen = state_.load(std::memory_order_relaxed);
  for (;;) {
    if (seen == taken) {
      state_.wait(seen, std::memory_order_relaxed);
      seen = state_.load(std::memory_order_relaxed);
    } else if (state_.compare_exchange_weak(
                   seen, taken, std::memory_order_acquire, std::memory_order_relaxed)) {
      return;
    }
  }
}

bool ForkLock::try_lock() noexcept {
  const std::uint32_t taken = (fork_generation() << 1) | held;
  std::uint32_t seen = state_.load(std::memory_order_relaxed);
  return seen != taken && state_.compare_exchange_strong(
                              seen, taken, std::memory_order_acquire, std::memory_order_relaxed);
}

void ForkLock::unlock() noexcept {
  state_.store(fork_generation() << 1, std::memory_order_release);
  state_.notify_one();
}

bool ForkLock::is_abandoned() const noexcept {
  const std::uint32_t seen = state_.load(std::memory_order_relaxed);
  return (seen & held) != 0 && seen != ((fork_generation() << 1) | held);
}

}  // namespace progeny::platform
