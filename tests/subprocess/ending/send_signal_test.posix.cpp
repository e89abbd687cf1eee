#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-139
TEST(Signals, AbortIsMinusSix) {
  EXPECT_EQ(sp::Popen(child("raise_signal", std::to_string(SIGABRT))).wait(), -SIGABRT);
}

// SP-139
TEST(Signals, KillIsMinusNine) {
  sp::Popen p(child("pause_until_killed"));
  p.kill();
  EXPECT_EQ(p.wait(), -9);
}

// SP-139
TEST(Signals, TerminateIsMinusFifteen) {
  sp::Popen p(child("pause_until_killed"));
  p.terminate();
  EXPECT_EQ(p.wait(), -15);
}

// SP-140
TEST(Signals, SendSignalReachesTheChildsHandler) {
  sp::Popen p(child("exit_on_sigint", "3"), {.std_out = sp::PIPE});
  ASSERT_EQ(p.std_out().readline(), "ready\n");
  p.send_signal(SIGINT);
  EXPECT_EQ(p.wait(), 3);
}

// SP-140
TEST(Signals, TheChildMayIgnoreTerminateButNotKill) {
  sp::Popen p(child("ignore_sigterm"), {.std_out = sp::PIPE});
  ASSERT_EQ(p.std_out().readline(), "ready\n");
  p.terminate();
  EXPECT_THROW(p.wait(100ms), sp::TimeoutExpired);
  p.kill();
  EXPECT_EQ(p.wait(), -9);
}

// Sends a signal to a child that has ended with code 5 and has not been looked at.
void signal_an_ended_child(const std::function<void(sp::Popen&)>& send) {
  sp::Popen p(child("exit_with", "5"));
  ASSERT_TRUE(await_end(p.pid()));
  EXPECT_NO_THROW(send(p));
  EXPECT_EQ(p.wait(), 5);
}

// SP-141
TEST(Signals, SignallingAnEndedChildKeepsItsCode) {
  signal_an_ended_child([](sp::Popen& p) { p.send_signal(SIGINT); });
}

// SP-143
TEST(Signals, AChildThatSomebodyElseReapedIsNoError) {
  sp::Popen p(child("exit_with", "5"));
  int status = 0;
  ASSERT_EQ(::waitpid(p.pid(), &status, 0), p.pid());
  EXPECT_NO_THROW(p.send_signal(SIGTERM));
}

// SP-143
TEST(Signals, SignalZeroIsHarmless) {
  sp::Popen p(child("exit_on_eof", "0"), {.std_in = sp::PIPE});
  EXPECT_NO_THROW(p.send_signal(0));
  EXPECT_EQ(p.poll(), std::nullopt);
  p.std_in().close();
  EXPECT_EQ(p.wait(), 0);
}

// SP-151
TEST(Signals, TheCallerMaySignalTheWholeGroup) {
  sp::Popen p(child("spawn_holding_grandchild"),
              {.std_in = sp::PIPE, .std_out = sp::PIPE, .process_group = 0});
  const int grandchild = std::stoi(p.std_out().readline());
  ASSERT_EQ(::killpg(p.pid(), SIGKILL), 0);
  EXPECT_EQ(p.wait(), -9);
  EXPECT_EQ(p.std_out().read(), "");
  EXPECT_TRUE(eventually([&] { return !is_running(grandchild); }));
}

// SP-143
TEST(Signals, AnInvalidNumberIsEinval) {
  sp::Popen p(child("exit_on_eof", "0"), {.std_in = sp::PIPE});
  for (const int number : {-1, 1000}) {
    try {
      p.send_signal(number);
      ADD_FAILURE() << "signal " << number << " was accepted";
    } catch (const progeny::OSError& error) {
      EXPECT_EQ(error.code(), std::errc::invalid_argument);
    }
  }
  p.std_in().close();
  EXPECT_EQ(p.wait(), 0);
}

}  // namespace
