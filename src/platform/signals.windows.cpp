#include "platform/signals.hpp"

#include <csignal>

namespace progeny::platform {

// Nothing ends by a signal here; these are the numbers that send_signal() takes.
std::string signal_name(int signal) {
  constexpr int ctrl_c_event = 0;
  constexpr int ctrl_break_event = 1;
  switch (signal) {
    case SIGTERM:
      return "SIGTERM";
    case ctrl_c_event:
      return "CTRL_C_EVENT";
    case ctrl_break_event:
      return "CTRL_BREAK_EVENT";
    default:
      return {};
  }
}

// Both end the process at once: there is no asking.
int signal_terminate() noexcept {
  return SIGTERM;
}

int signal_kill() noexcept {
  return SIGTERM;
}

}  // namespace progeny::platform
