#pragma once

// All 64 signals, including the two that the C library keeps for itself and that sigset_t
// functions refuse to touch. A child that shares our memory must not run any handler.

#include <cstdint>

namespace progeny::platform {

using SignalBits = std::uint64_t;

/// Blocks every signal for the calling thread; returns the mask that was.
[[nodiscard]] SignalBits block_all_signals() noexcept;
/// Sets the calling thread's mask.
void set_signal_mask(SignalBits mask) noexcept;

/// Holds every signal off the calling thread while it lives.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept : before_(block_all_signals()) {}
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { set_signal_mask(before_); }

  [[nodiscard]] SignalBits before() const noexcept { return before_; }

 private:
  SignalBits before_;
};

}  // namespace progeny::platform
