#pragma once

// A mutex that a forked copy of the process finds free.

#include <atomic>
#include <cstdint>

namespace progeny::platform {

/// A mutex for objects that are used on in a forked child. A std::mutex that another thread held
/// at the fork would stay locked there for ever, as that thread does not exist in the child. So it
/// guards only what survives being left in the middle: an order between calls, not a data
/// structure.
class ForkLock {
 public:
  void lock() noexcept;
  void unlock() noexcept;

 private:
  // Bit 0: taken. The rest: the fork generation of who took it last; a lock that was taken in
  // another generation is free. Locking acquires what unlocking released.
  std::atomic<std::uint32_t> state_{0};
};

}  // namespace progeny::platform
