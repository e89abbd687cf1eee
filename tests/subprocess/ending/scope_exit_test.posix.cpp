#include "support/children/child_args.hpp"
#include "support/system/own_pipe.hpp"
#include "support/system/process_facts.posix.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;

namespace sp = progeny::subprocess;
using sp::AtScopeExit;

// SP-189
TEST(ScopeExitTerminate, KillsAfterTheGrace) {
  int pid = 0;
  {
    sp::Popen p(child("ignore_sigterm"),
                {.std_out = sp::PIPE, .at_scope_exit = AtScopeExit::terminate, .grace = 50ms});
    pid = p.pid();
    ASSERT_EQ(p.std_out().readline(), "ready\n");
  }
  EXPECT_FALSE(is_unreaped_child(pid));
}

// SP-189
TEST(ScopeExitTerminate, GivesTheChildTimeToTidyUp) {
  const OwnPipe tidy;
  {
    sp::Popen p(child("print_on_sigterm", "tidy"),
                {.std_out = tidy.write_end.get(),
                 .std_err = sp::PIPE,
                 .at_scope_exit = AtScopeExit::terminate,
                 .grace = very_long});
    ASSERT_EQ(p.std_err().readline(), "ready\n");
  }
  char text[5] = {};
  EXPECT_EQ(::read(tidy.read_end.get(), text, 4), 4);
  EXPECT_STREQ(text, "tidy");
}

// Leaves the scope of a child in a group of its own that has a grandchild. Returns whether the
// grandchild survives that.
bool grandchild_survives(AtScopeExit at_scope_exit) {
  const OwnPipe gate;  // The grandchild lives until its stdin ends, if nothing kills it.
  int grandchild = 0;
  {
    sp::Popen p(child("spawn_holding_grandchild"),
                {.std_in = gate.read_end.get(),
                 .std_out = sp::PIPE,
                 .process_group = 0,
                 .at_scope_exit = at_scope_exit});
    grandchild = std::stoi(p.std_out().readline());
  }
  return !eventually([&] { return !is_running(grandchild); });
}

// SP-189
TEST(ScopeExitTerminate, ReachesTheWholeGroup) {
  EXPECT_FALSE(grandchild_survives(AtScopeExit::terminate));
}

// SP-189
TEST(ScopeExitKill, ReachesTheWholeGroup) {
  EXPECT_FALSE(grandchild_survives(AtScopeExit::kill));
}

// SP-189
TEST(ScopeExitKill, KillsAndReapsTheChild) {
  int pid = 0;
  {
    sp::Popen p(child("ignore_sigterm"), {.std_out = sp::PIPE, .at_scope_exit = AtScopeExit::kill});
    pid = p.pid();
    ASSERT_EQ(p.std_out().readline(), "ready\n");
  }
  EXPECT_FALSE(is_unreaped_child(pid));
}

// SP-189, SP-192
TEST(ScopeExit, LeavesTheChildAloneInAForkedCopy) {
  for (const auto ending :
       {AtScopeExit::release, AtScopeExit::wait, AtScopeExit::terminate, AtScopeExit::kill}) {
    sp::Popen p(child("exit_on_eof", "7"), {.std_in = sp::PIPE, .at_scope_exit = ending});
    const pid_t copy = ::fork();
    if (copy == 0) {
      {
        const sp::Popen dying(std::move(p));
      }
      ::_exit(0);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(copy, &status, 0), copy);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(p.poll(), std::nullopt);
    p.std_in().close();
    EXPECT_EQ(p.wait(), 7);
  }
}

}  // namespace
