#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <type_traits>
#include <utility>

namespace {

using namespace progeny::testing;

namespace sp = progeny::subprocess;
using sp::AtScopeExit;

// SP-189
TEST(ScopeExitWait, ClosesThePipesAndWaits) {
  int pid = 0;
  {
    sp::Options options = all_pipes();
    options.at_scope_exit = AtScopeExit::wait;
    // Ends only when its stdin is closed.
    const sp::Popen p(child("exit_on_eof", "100"), options);
    pid = p.pid();
  }
  EXPECT_TRUE(is_gone(pid));
  EXPECT_FALSE(is_running(pid));
}

// SP-189
TEST(ScopeExitWait, IgnoresAFlushThatFails) {
  const sp::Options options{.std_in = sp::PIPE, .at_scope_exit = AtScopeExit::wait};
  int pid = 0;
  {
    sp::Popen p(child("exit_with", "0"), options);
    pid = p.pid();
    p.std_in().write("nobody reads this");
    ASSERT_TRUE(eventually([&] { return !is_running(pid); }));
  }
  EXPECT_TRUE(is_gone(pid));
}

// SP-189
TEST(ScopeExitTerminate, EndsAndReapsTheChild) {
  int pid = 0;
  {
    const sp::Popen p(child("pause_until_killed"), {.at_scope_exit = AtScopeExit::terminate});
    pid = p.pid();
  }
  EXPECT_TRUE(is_gone(pid));
}

// SP-194
TEST(ScopeExit, HasNothingToDoAfterAFailedLaunch) {
  for (const auto ending :
       {AtScopeExit::release, AtScopeExit::wait, AtScopeExit::terminate, AtScopeExit::kill}) {
    const std::size_t before = open_descriptors();
    sp::Options options = all_pipes();
    options.at_scope_exit = ending;
    EXPECT_THROW(sp::Popen({"/no/such/program"}, options), progeny::OSError);
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_FALSE(has_child());
  }
}

// SP-195
static_assert(!std::is_copy_constructible_v<sp::Popen>);
static_assert(!std::is_copy_assignable_v<sp::Popen>);
static_assert(std::is_nothrow_move_constructible_v<sp::Popen>);
static_assert(std::is_nothrow_move_assignable_v<sp::Popen>);

// SP-195
TEST(MovedPopen, IsInertAndTheTargetHasTheChild) {
  int pid = 0;
  {
    sp::Popen target(child("exit_with", "0"));
    target.wait();
    {
      sp::Popen source(child("exit_on_eof", "3"),
                       {.std_in = sp::PIPE, .at_scope_exit = AtScopeExit::kill});
      pid = source.pid();
      target = std::move(source);
    }
    EXPECT_EQ(target.pid(), pid);
    EXPECT_EQ(target.poll(), std::nullopt);
    target.std_in().close();
    EXPECT_EQ(target.wait(), 3);
  }
}

// SP-195
TEST(MovedPopen, ThrowsUsageErrorWhenUsed) {
  sp::Popen source(child("exit_with", "0"));
  sp::Popen target(std::move(source));
  // NOLINTBEGIN(bugprone-use-after-move,clang-analyzer-cplusplus.Move): what is tested.
  EXPECT_THROW((void)source.pid(), progeny::UsageError);
  EXPECT_THROW(source.poll(), progeny::UsageError);
  // NOLINTEND(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
  EXPECT_EQ(target.wait(), 0);
}

// SP-195
TEST(MovedPopen, AssignmentEndsTheOldChildAsItsScopeWould) {
  sp::Popen p(child("pause_until_killed"), {.at_scope_exit = AtScopeExit::kill});
  const int old_pid = p.pid();
  p = sp::Popen(child("exit_with", "4"));
  EXPECT_TRUE(is_gone(old_pid));
  EXPECT_EQ(p.wait(), 4);
}

}  // namespace
