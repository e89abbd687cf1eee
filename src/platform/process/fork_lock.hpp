#pragma once

// A mutex that a forked child finds free.

#include <atomic>
#include <cstdint>

namespace progeny::platform {

/// A mutex for objects that parent and forked child go on using. A std::mutex that another thread
/// holds at the fork stays locked in the child for ever, because that thread does not exist there.
///
/// In the child the holder has stopped in the middle of what it did. So a ForkLock may guard the
/// order of calls, but not a data structure: that takes a `PerProcess`.
///
///     state_                   free for
///     0 | generation           every process
///     1 | own generation       nobody: a thread of this process holds it
///     1 | other generation     this process: the holder is a thread of an ancestor
class ForkLock {
 public:
  void lock() noexcept;
  /// Locks it if no thread of this process holds it, and returns whether it did.
  [[nodiscard]] bool try_lock() noexcept;
  void unlock() noexcept;
  /// Whether a thread of an ancestor holds it, which means that what it guards may be half changed.
  [[nodiscard]] bool is_abandoned() const noexcept;

 private:
  // Bit 0: held. The rest: the fork generation of the last holder. The exchange in `lock` acquires
  // what the store in `unlock` released.
  std::atomic<std::uint32_t> state_{0};
};

}  // namespace progeny::platform
