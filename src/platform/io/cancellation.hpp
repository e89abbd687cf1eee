#pragma once

// Lets a std::stop_token wake a thread that sleeps in the kernel:
//
//     const platform::Cancellation cancellation(stop);
//     const Deadline deadline = cancellation.limit(Deadline(timeout));
//     ... every wait takes `deadline`, and ends as if the moment had come ...
//     if (deadline.is_stopped()) throw ...
//
// Waits for handles (io/readable.hpp, ipc/transport.hpp) end at once. Sleepers on a futex
// (memory/futex.hpp) look again every quarter of a second; one that must be faster registers a
// std::stop_callback of its own that wakes it.

#include "base/deadline.hpp"
#include "platform/io/event.hpp"

#include <functional>
#include <optional>
#include <stop_token>

namespace progeny::platform {

/// While it lives, `event()` is set as soon as a stop is requested.
class Cancellation {
 public:
  /// Costs nothing for a token that can never ask for a stop.
  explicit Cancellation(const std::stop_token& stop) {
    if (stop.stop_possible()) {
      stop_ = stop;
      event_.emplace();
      callback_.emplace(stop, [this] { event_->set(); });
    }
  }
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;
  ~Cancellation() = default;

  /// Null if a stop is impossible.
  [[nodiscard]] const Event* event() const noexcept { return event_ ? &*event_ : nullptr; }

  /// `deadline` or the request for a stop, whichever comes first. Borrows from this.
  [[nodiscard]] detail::Deadline limit(const detail::Deadline& deadline) const noexcept {
    return event_ ? deadline.stopped_by(stop_, event_->handle()) : deadline;
  }

 private:
  std::stop_token stop_;
  std::optional<Event> event_;
  std::optional<std::stop_callback<std::function<void()>>> callback_;
};

}  // namespace progeny::platform
