#include "support/faults/broken_pipe.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace progeny::testing {

void expect_default_sigpipe() {
  struct sigaction action{};
  EXPECT_EQ(::sigaction(SIGPIPE, nullptr, &action), 0);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

}  // namespace progeny::testing
