#include "support/children/go.hpp"

#include <csignal>

namespace progeny::testing {

void send_go(subprocess::Popen& child) {
  child.send_signal(SIGUSR1);
}

}  // namespace progeny::testing
