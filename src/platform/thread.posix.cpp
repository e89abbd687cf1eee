#include "platform/thread.hpp"

#include "platform/signal_mask.posix.hpp"

#include <thread>
#include <utility>

namespace progeny::platform {

void start_quiet_thread(std::function<void()> body) {
  // A thread inherits the mask of the one that creates it.
  const SignalsBlocked blocked;
  std::thread(std::move(body)).detach();
}

}  // namespace progeny::platform
