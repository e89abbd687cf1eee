#include "platform/system/signal_mask.posix.hpp"

#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform {

// pthread_sigmask(3) silently leaves signals 32 and 33 open, hence the raw call.
SignalBits block_all_signals() noexcept {
  const SignalBits all = ~SignalBits{0};
  SignalBits before = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, &before, sizeof(SignalBits));
  return before;
}

void set_signal_mask(SignalBits mask) noexcept {
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, nullptr, sizeof(SignalBits));
}

}  // namespace progeny::platform
