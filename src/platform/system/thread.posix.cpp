#include "platform/system/thread.hpp"

#include "platform/system/signal_mask.posix.hpp"

#include <progeny/base/errors.hpp>

#include <atomic>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include <pthread.h>

namespace progeny::platform {

namespace {

// Relaxed: it says nothing about other memory.
std::atomic<int> quiet_threads{0};

// A forked child has none of them.
const int forgetting =
    ::pthread_atfork(nullptr, nullptr, [] { quiet_threads.store(0, std::memory_order_relaxed); });

// Counts one as long as it lives: in the body, or if the body is never called.
class Counted {
 public:
  Counted() noexcept { quiet_threads.fetch_add(1, std::memory_order_relaxed); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { quiet_threads.fetch_sub(1, std::memory_order_relaxed); }
};

}  // namespace

void start_quiet_thread(std::function<void()> body) {
  static_cast<void>(forgetting);
  auto counted = std::make_unique<Counted>();
  // A thread inherits the mask of its creator (pthread_create(3)), so it is born with signals
  // blocked. Blocking them in its body would leave a moment for a handler.
  const SignalsBlocked blocked;
  try {
    std::thread thread([counted = std::move(counted), body = std::move(body)] { body(); });
    // By the creator, so that it has its name when this function returns.
    static_cast<void>(::pthread_setname_np(thread.native_handle(), quiet_thread_name));
    thread.detach();
  } catch (const std::system_error& error) {
    throw OSError(error.code(), "pthread_create");
  }
}

int quiet_thread_count() noexcept {
  return quiet_threads.load(std::memory_order_relaxed);
}

}  // namespace progeny::platform
