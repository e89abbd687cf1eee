#pragma once

// A signal that a system call sends to its own thread beside an error: SIGPIPE with EPIPE, SIGXFSZ
// with EFBIG. Its default action would end the host. POSIX only.

#include <csignal>

namespace progeny::platform {

/// Blocks one signal in the calling thread while it exists. The signal goes to the thread that
/// makes the call, so dispositions and other threads do not matter, and are not changed.
class HeldBackSignal {
 public:
  explicit HeldBackSignal(int signal) noexcept;
  HeldBackSignal(const HeldBackSignal&) = delete;
  HeldBackSignal& operator=(const HeldBackSignal&) = delete;
  /// Restores the mask.
  ~HeldBackSignal();

  /// Takes the signal that a call has sent since the constructor, if it has. A signal that was
  /// pending before stays pending.
  void take() noexcept;

 private:
  sigset_t only_;
  sigset_t before_;
  bool was_pending_;
};

}  // namespace progeny::platform
