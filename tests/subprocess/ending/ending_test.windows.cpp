#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/windows_flags.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>
#include <utility>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-144
TEST(Ending, ByKillAndTerminateIsTheSameAndGivesOne) {
  sp::Popen killed(child("pause_until_killed"));
  killed.kill();
  EXPECT_EQ(killed.wait(), 1);
  sp::Popen terminated(child("pause_until_killed"));
  terminated.terminate();
  EXPECT_EQ(terminated.wait(), 1);
  sp::Popen signalled(child("pause_until_killed"));
  signalled.send_signal(SIGTERM);
  EXPECT_EQ(signalled.wait(), 1);
}

// SP-144
TEST(Ending, ByAnySignalThatWindowsDoesNotKnowIsRefused) {
  sp::Popen p(child("pause_until_killed"));
  for (const int signal : {2, 9, 99, -1}) {
    EXPECT_THROW(p.send_signal(signal), progeny::ValueError) << signal;
  }
  EXPECT_EQ(p.poll(), std::nullopt);
  p.kill();
  p.wait();
  p.send_signal(99);  // The child has ended, so the number is not looked at.
}

// SP-144. It takes a console that both share; a host may have none, and is told so.
TEST(Ending, ByCtrlBreakReachesAGroupOrSaysWhyNot) {
  sp::Popen p(child("exit_on_ctrl_break", "23"),
              {.std_out = sp::PIPE, .creationflags = sp::create_new_process_group});
  ASSERT_EQ(p.std_out().readline(), "ready\n");
  try {
    p.send_signal(sp::ctrl_break_event);
    EXPECT_EQ(p.wait(very_long), 23);
  } catch (const progeny::OSError& error) {
    EXPECT_EQ(error.call(), "kill");
    EXPECT_EQ(p.poll(), std::nullopt);
    p.kill();
    EXPECT_EQ(p.wait(), 1);
  }
}

// SP-145, SP-141
TEST(Ending, OfAnEndedChildKeepsItsCode) {
  sp::Popen p(child("exit_on_eof", "42"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "");  // At its end, or just before.
  p.kill();
  p.terminate();
  const auto code = p.wait();
  EXPECT_TRUE(code == 42 || code == 1) << code;
  sp::Popen ended(child("exit_with", "42"));
  ended.wait();
  ended.kill();
  ended.send_signal(sp::ctrl_break_event);
  EXPECT_EQ(ended.returncode(), 42);
}

int grandchild_of(sp::Popen& p) {
  return std::stoi(p.std_out().readline());
}

TEST(Tree, EndsWithItsScopeUnderKill) {
  int grandchild = 0;
  {
    sp::Popen p(child("spawn_holding_grandchild"),
                {.std_in = sp::PIPE,
                 .std_out = sp::PIPE,
                 .process_group = 0,
                 .at_scope_exit = sp::AtScopeExit::kill});
    grandchild = grandchild_of(p);
    EXPECT_TRUE(is_running(grandchild));
  }
  EXPECT_TRUE(eventually([&] { return !is_running(grandchild); }));
}

TEST(Tree, EndsWithItsScopeUnderTerminateWhetherItCanBeAskedOrNot) {
  sp::Popen listening(
      child("exit_on_ctrl_break", "23"),
      {.std_out = sp::PIPE, .process_group = 0, .at_scope_exit = sp::AtScopeExit::terminate});
  ASSERT_EQ(listening.std_out().readline(), "ready\n");
  const int pid = listening.pid();
  {
    const sp::Popen closed_here = std::move(listening);
  }
  EXPECT_FALSE(is_running(pid));
}

TEST(Tree, GoesOnWithoutAGroup) {
  sp::Popen p(child("spawn_holding_grandchild"), {.std_in = sp::PIPE, .std_out = sp::PIPE});
  const int grandchild = grandchild_of(p);
  p.kill();
  p.wait();
  EXPECT_TRUE(is_running(grandchild));
  p.std_in().close();  // What it waits for.
  EXPECT_TRUE(eventually([&] { return !is_running(grandchild); }));
}

}  // namespace
