#include "support/children/child_args.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <chrono>

#include <sys/wait.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

using Clock = std::chrono::steady_clock;

// SP-135
TEST(Wait, IsZeroForAChildThatSomebodyElseReaped) {
  sp::Popen p(child("exit_with", "9"));
  int status = 0;
  ASSERT_EQ(::waitpid(p.pid(), &status, 0), p.pid());
  EXPECT_EQ(p.wait(), 0);
  EXPECT_EQ(p.poll(), 0);
}

// SP-135
TEST(Poll, IsZeroForAChildThatSomebodyElseReaped) {
  sp::Popen p(child("exit_with", "9"));
  int status = 0;
  ASSERT_EQ(::waitpid(p.pid(), &status, 0), p.pid());
  EXPECT_EQ(p.poll(), 0);
  EXPECT_EQ(p.wait(), 0);
}

}  // namespace
