#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-157
TEST(CallTimeout, KillsAChildThatIgnoresTerminate) {
  EXPECT_THROW(sp::call(child("ignore_sigterm"), {.timeout = 50ms, .std_out = sp::DEVNULL}),
               sp::TimeoutExpired);
  EXPECT_FALSE(has_child());
}

}  // namespace
