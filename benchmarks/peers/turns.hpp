#pragma once

// Whose turn it is, by a bare futex.

#include <atomic>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bench {

/// A word that two processes hand to and fro: the limit for a wake-up.
class Turns {
 public:
  void pass_to(unsigned whose) {
    word_.store(whose, std::memory_order_release);
    syscall(SYS_futex, &word_, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }
  void await(unsigned whose) {
    for (;;) {
      const unsigned seen = word_.load(std::memory_order_acquire);
      if (seen == whose) {
        return;
      }
      syscall(SYS_futex, &word_, FUTEX_WAIT, seen, nullptr, nullptr, 0);
    }
  }
  [[nodiscard]] bool is(unsigned whose) const {
    return word_.load(std::memory_order_acquire) == whose;
  }

 private:
  std::atomic<unsigned> word_{0};
};

}  // namespace bench
