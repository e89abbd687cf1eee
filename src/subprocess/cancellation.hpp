#pragma once

// Lets a std::stop_token wake a thread that sleeps in the kernel.

#include "platform/io/event.hpp"

#include <functional>
#include <optional>
#include <stop_token>

namespace progeny::subprocess::detail {

/// While it lives, `event()` is set as soon as a stop is requested.
class Cancellation {
 public:
  /// Costs nothing for a token that can never ask for a stop.
  explicit Cancellation(const std::stop_token& stop) {
    if (stop.stop_possible()) {
      event_.emplace();
      callback_.emplace(stop, [this] { event_->set(); });
    }
  }
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;
  ~Cancellation() = default;

  /// Null if a stop is impossible.
  [[nodiscard]] const platform::Event* event() const noexcept {
    return event_ ? &*event_ : nullptr;
  }

 private:
  std::optional<platform::Event> event_;
  std::optional<std::stop_callback<std::function<void()>>> callback_;
};

}  // namespace progeny::subprocess::detail
