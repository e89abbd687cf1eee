#include "support/faults/broken_pipe.hpp"

namespace progeny::testing {

void expect_default_sigpipe() {}

}  // namespace progeny::testing
