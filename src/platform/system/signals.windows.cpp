#include "platform/system/signals.hpp"

#include "platform/system/win32.windows.hpp"

#include <csignal>

namespace progeny::platform {

// No process ends by a signal here. These are the numbers that send_signal() takes.
std::string signal_name(int signal) {
  switch (signal) {
    case SIGTERM:
      return "SIGTERM";
    case CTRL_C_EVENT:
      return "CTRL_C_EVENT";
    case CTRL_BREAK_EVENT:
      return "CTRL_BREAK_EVENT";
    default:
      return {};
  }
}

bool is_sendable(int signal) noexcept {
  return !signal_name(signal).empty();
}

// A process cannot be asked to end, so both end it at once.
int signal_terminate() noexcept {
  return SIGTERM;
}

int signal_kill() noexcept {
  return SIGTERM;
}

// Cannot be sent here.
int signal_interrupt() noexcept {
  return SIGINT;
}

}  // namespace progeny::platform
