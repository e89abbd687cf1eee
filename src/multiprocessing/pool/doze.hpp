#pragma once

// The sleep of the only sleeper of a place: the pool at its bell, a worker at its channel.

#include "base/deadline.hpp"
#include "platform/memory/futex.hpp"

#include <atomic>
#include <cstdint>

namespace progeny::multiprocessing::detail {

/// A word in shared memory; zeros are a sleeper that is awake.
///
///     sleeper (sleep)                      waker (wake)
///     1. exchange the word for 1           1. make it happen, with a read-modify-write at the end
///     2. look whether it has happened      2. load the word
///     3. if not: sleep while it is 1       3. if it is 1: exchange it for 0, and wake if it was 1
///     4. store 0
///
/// No wake-up is lost: both sides store first and load then, with sequentially consistent
/// read-modify-writes in between. So either the sleeper's step 2 sees what has happened, or the
/// waker's step 2 sees the 1.
///
/// A waker that is killed inside step 3 leaves the sleeper asleep. That concerns the pool alone, as
/// a worker sleeps for its pool, and dies with it. The pool sees the death and wakes itself.
class Doze {
 public:
  /// Sleeps until a `wake` or the deadline; not at all if `has_happened`. The caller looks again.
  template <class Condition>
  void sleep(const Condition& has_happened, const progeny::detail::Deadline& deadline) noexcept {
    word_.exchange(1, std::memory_order_seq_cst);
    if (!has_happened()) {
      static_cast<void>(platform::wait_on(word_, 1, deadline));
    }
    word_.store(0, std::memory_order_relaxed);
  }

  /// The waker's steps 2 and 3, after a read-modify-write of the caller's.
  void wake() noexcept {
    if (word_.load(std::memory_order_seq_cst) == 1 &&
        word_.exchange(0, std::memory_order_seq_cst) == 1) {
      platform::wake(word_, 1);
    }
  }

  /// `wake` for a caller without a read-modify-write of its own.
  void store_and_wake() noexcept {
    if (word_.fetch_add(0, std::memory_order_seq_cst) == 1) {
      wake();
    }
  }

  /// Whether the sleeper is asleep, or about to be.
  [[nodiscard]] bool is_asleep() const noexcept {
    return word_.load(std::memory_order_relaxed) == 1;
  }

 private:
  platform::FutexWord word_{0};
};

}  // namespace progeny::multiprocessing::detail
