#include "support/children/child_args.hpp"

#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-152
TEST(Call, ReturnsTheNegativeNumberOfASignal) {
  EXPECT_EQ(sp::call(child("raise_signal", std::to_string(SIGKILL))), -SIGKILL);
}

}  // namespace
