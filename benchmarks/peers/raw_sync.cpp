// The limits for a lock: a bare futex, and pthread's robust mutex, which is the peer that also
// knows when its owner dies.

#include "peers/sync_pair.hpp"

#include <pthread.h>

namespace bench {

namespace {

// 0 free, 1 taken, 2 taken and waited for.
class FutexLock {
 public:
  void pair() {
    unsigned seen = 0;
    if (!word_.compare_exchange_strong(seen, 1, std::memory_order_acquire)) {
      while (word_.exchange(2, std::memory_order_acquire) != 0) {
        syscall(SYS_futex, &word_, FUTEX_WAIT, 2, nullptr, nullptr, 0);
      }
    }
    if (word_.exchange(0, std::memory_order_release) == 2) {
      syscall(SYS_futex, &word_, FUTEX_WAKE, 1, nullptr, nullptr, 0);
    }
  }
  void there() {
    turns_.pass_to(1);
    turns_.await(0);
  }
  void back() {
    turns_.await(1);
    turns_.pass_to(0);
  }

 private:
  std::atomic<unsigned> word_{0};
  Turns turns_;
};

class RobustMutex {
 public:
  RobustMutex() {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&mutex_, &attributes);
  }
  void pair() {
    require_success(pthread_mutex_lock(&mutex_));
    pthread_mutex_unlock(&mutex_);
  }
  // A mutex wakes nobody.
  void there() {}
  void back() { pause(); }

 private:
  pthread_mutex_t mutex_;
};

const Announce announce_futex{
    {.name = "futex", .sync = sync_with<FutexLock>, .wake = sync_with<FutexLock>}};
const Announce announce_pthread{{.name = "pthread", .sync = sync_with<RobustMutex>}};

}  // namespace

}  // namespace bench
