#include "platform/system/thread.hpp"

#include "platform/system/signal_mask.posix.hpp"

#include <progeny/base/errors.hpp>

#include <system_error>
#include <thread>
#include <utility>

namespace progeny::platform {

void start_quiet_thread(std::function<void()> body) {
  // A thread inherits the mask of its creator (pthread_create(3)), so it is born with signals
  // blocked. Blocking them in its body would leave a moment for a handler.
  const SignalsBlocked blocked;
  try {
    std::thread(std::move(body)).detach();
  } catch (const std::system_error& error) {
    throw OSError(error.code(), "pthread_create");
  }
}

}  // namespace progeny::platform
