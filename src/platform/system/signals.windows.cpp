#include "platform/system/signals.hpp"

#include "platform/system/win32.windows.hpp"

#include <csignal>

namespace progeny::platform {

// Nothing ends by a signal here; these are the numbers that send_signal() takes.
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

// Both end the process at once: there is no asking.
int signal_terminate() noexcept {
  return SIGTERM;
}

int signal_kill() noexcept {
  return SIGTERM;
}

// Not sendable here.
int signal_interrupt() noexcept {
  return SIGINT;
}

}  // namespace progeny::platform
