#pragma once

// A signal every 100 microseconds, handled without SA_RESTART: what interrupts system calls.

#include <atomic>
#include <csignal>

#include <sys/time.h>

namespace progeny::testing {

/// Sends SIGALRM to this process every 100 microseconds, for as long as it lives.
class SignalStorm {
 public:
  SignalStorm() {
    struct sigaction action{};
    action.sa_handler = [](int) { handled.fetch_add(1, std::memory_order_relaxed); };
    ::sigaction(SIGALRM, &action, &before_);
    set_interval(100);
  }
  SignalStorm(const SignalStorm&) = delete;
  SignalStorm& operator=(const SignalStorm&) = delete;
  ~SignalStorm() {
    set_interval(0);
    ::sigaction(SIGALRM, &before_, nullptr);
  }

  /// How many signals have been handled in this process.
  [[nodiscard]] static int count() { return handled.load(std::memory_order_relaxed); }

 private:
  static void set_interval(int microseconds) {
    const itimerval interval{.it_interval = {.tv_sec = 0, .tv_usec = microseconds},
                             .it_value = {.tv_sec = 0, .tv_usec = microseconds}};
    ::setitimer(ITIMER_REAL, &interval, nullptr);
  }

  // Written by the handler, which allows nothing that might lock.
  static inline std::atomic<int> handled = 0;
  static_assert(std::atomic<int>::is_always_lock_free);

  struct sigaction before_{};
};

}  // namespace progeny::testing
