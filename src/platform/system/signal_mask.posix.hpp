#pragma once

// The signal mask of a thread, with all 64 signals. The functions on sigset_t refuse to touch the
// two that the C library keeps for itself; but a child that shares our memory must not run any
// handler at all. POSIX only.

#include <cstdint>

namespace progeny::platform {

/// A mask: bit N - 1 is signal N.
using SignalBits = std::uint64_t;

/// Blocks every signal for the calling thread.
/// - Returns: the mask before.
[[nodiscard]] SignalBits block_all_signals() noexcept;
/// Sets the calling thread's mask.
void set_signal_mask(SignalBits mask) noexcept;

/// Blocks every signal for the calling thread while it exists; then restores the mask.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept : before_(block_all_signals()) {}
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { set_signal_mask(before_); }

  /// The mask before.
  [[nodiscard]] SignalBits before() const noexcept { return before_; }

 private:
  SignalBits before_;
};

}  // namespace progeny::platform
