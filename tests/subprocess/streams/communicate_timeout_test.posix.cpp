#include "support/children/child_args.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-114
TEST(CommunicateTimeout, IsNoEndForAGrandchildThatHoldsThePipe) {
  sp::Popen p(child("spawn_holding_grandchild"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  const int grandchild = std::stoi(p.std_out().readline());
  p.kill();
  EXPECT_EQ(p.wait(), -SIGKILL);
  // communicate() closes stdin, which ends the grandchild, so it gets a stop here first.
  ASSERT_EQ(::kill(grandchild, SIGSTOP), 0);
  EXPECT_THROW(p.communicate({}, 50ms), sp::TimeoutExpired);
  ASSERT_EQ(::kill(grandchild, SIGCONT), 0);
  EXPECT_EQ(p.communicate().std_out, "");
}

// SP-114
TEST(CommunicateTimeout, SurvivesAStoppedChild) {
  sp::Popen p(child("echo_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  p.send_signal(SIGSTOP);
  EXPECT_THROW(p.communicate("asleep", 50ms), sp::TimeoutExpired);
  EXPECT_EQ(p.poll(), std::nullopt);
  p.send_signal(SIGCONT);
  EXPECT_EQ(p.communicate().std_out, "asleep");
  EXPECT_EQ(p.returncode(), 0);
}

}  // namespace
