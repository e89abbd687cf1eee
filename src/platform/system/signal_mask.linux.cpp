#include "platform/system/signal_mask.posix.hpp"

#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

namespace progeny::platform {

// A raw call, as pthread_sigmask(3) silently leaves signals 32 and 33 unblocked: glibc uses them
// for cancellation and for setuid(2) in all threads (nptl(7)).
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
