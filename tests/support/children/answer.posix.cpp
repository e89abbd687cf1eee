#include "support/children/answer.hpp"

#include <poll.h>

namespace progeny::testing {

bool has_answered(subprocess::Popen& child) {
  pollfd answer{.fd = child.std_out().fileno(), .events = POLLIN, .revents = 0};
  return ::poll(&answer, 1, 100) == 1;
}

}  // namespace progeny::testing
