#pragma once

// A place where threads wait for each other.

#include <condition_variable>
#include <mutex>

namespace progeny::testing {

/// Lets threads through when as many as it was made for have come. Not std::latch: on systems
/// without a futex that of GCC 12 may miss the last arrival and wait for ever.
class Rendezvous {
 public:
  explicit Rendezvous(int threads) : missing_(threads) {}

  /// Comes, and waits for the others.
  void arrive_and_wait() {
    std::unique_lock lock(mutex_);
    --missing_;
    complete_.notify_all();
    complete_.wait(lock, [this] { return missing_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable complete_;
  int missing_;
};

}  // namespace progeny::testing
