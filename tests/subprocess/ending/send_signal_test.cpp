#include "support/children/child_args.hpp"
#include "support/children/endings.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <string>
#include <system_error>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Sends a signal to a child that has ended with code 5 and has not been looked at.
void signal_an_ended_child(const std::function<void(sp::Popen&)>& send) {
  sp::Popen p(child("exit_with", "5"));
  ASSERT_TRUE(await_end(p.pid()));
  EXPECT_NO_THROW(send(p));
  EXPECT_EQ(p.wait(), 5);
}

// SP-141
TEST(Signals, KillingAnEndedChildKeepsItsCode) {
  signal_an_ended_child([](sp::Popen& p) { p.kill(); });
}

// SP-141
TEST(Signals, TerminatingAnEndedChildKeepsItsCode) {
  signal_an_ended_child([](sp::Popen& p) { p.terminate(); });
}

// SP-141
TEST(Signals, SignallingAReapedChildDoesNothing) {
  sp::Popen p(child("exit_with", "5"));
  p.wait();
  EXPECT_NO_THROW(p.kill());
  EXPECT_NO_THROW(p.terminate());
  EXPECT_NO_THROW(p.send_signal(SIGTERM));
  EXPECT_EQ(p.returncode(), 5);
}

// SP-151
TEST(Signals, GrandchildrenSurviveTheirParentsDeath) {
  sp::Popen p(child("spawn_holding_grandchild"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  const int grandchild = std::stoi(p.std_out().readline());
  p.kill();
  EXPECT_EQ(p.wait(), returncode_of_kill());
  EXPECT_TRUE(is_running(grandchild));
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "");  // Ends when the grandchild lets go of the pipe.
}

}  // namespace
