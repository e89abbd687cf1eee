#include "platform/io/held_back_signal.posix.hpp"

#include "platform/system/errno.posix.hpp"

#include <ctime>

#include <pthread.h>

namespace progeny::platform {

HeldBackSignal::HeldBackSignal(int signal) noexcept : only_{}, before_{}, was_pending_(false) {
  sigset_t pending;
  sigemptyset(&pending);
  ::sigpending(&pending);
  was_pending_ = sigismember(&pending, signal) == 1;
  sigemptyset(&only_);
  sigaddset(&only_, signal);
  ::pthread_sigmask(SIG_BLOCK, &only_, &before_);
}

HeldBackSignal::~HeldBackSignal() {
  const ErrnoKeeper keeper;
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void HeldBackSignal::take() noexcept {
  const ErrnoKeeper keeper;
  if (!was_pending_) {
    const timespec at_once{};
    static_cast<void>(retry_interrupted([&] { return ::sigtimedwait(&only_, nullptr, &at_once); }));
  }
}

}  // namespace progeny::platform
