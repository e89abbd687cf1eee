#include "platform/system/thread.hpp"

#include <progeny/base/errors.hpp>

#include <system_error>
#include <thread>
#include <utility>

namespace progeny::platform {

void start_quiet_thread(std::function<void()> body) {
  try {
    std::thread(std::move(body)).detach();
  } catch (const std::system_error& error) {
    throw OSError(error.code(), "CreateThread");
  }
}

// Nothing forks, so nobody asks.
int quiet_thread_count() noexcept {
  return 0;
}

}  // namespace progeny::platform
