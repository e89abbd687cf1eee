#include "support/children/child_args.hpp"
#include "support/children/let_go.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-192
TEST(ScopeExitRelease, NeitherBlocksNorKills) {
  const int pid = drop_sleeper();
  EXPECT_TRUE(is_running(pid));
  kill_and_await_reaping(pid);
}

// SP-192
TEST(ScopeExitRelease, ClosesThePipes) {
  int pid = 0;
  {
    const sp::Popen p(child("exit_on_eof", "0"), all_pipes());
    pid = p.pid();
  }
  // The child ends because its stdin was closed.
  EXPECT_TRUE(eventually([&] { return is_gone(pid); }));
}

// SP-192
TEST(ScopeExitRelease, ReapsManyChildrenInTheBackground) {
  std::vector<int> pids;
  pids.reserve(20);
  for (int i = 0; i < 20; ++i) {
    pids.push_back(drop_sleeper());
  }
  for (const int pid : pids) {
    EXPECT_TRUE(is_running(pid));
    kill_and_await_reaping(pid);
  }
}

// SP-192
TEST(ScopeExitRelease, FreesItsDescriptorsWhenTheChildrenAreReaped) {
  kill_and_await_reaping(drop_sleeper());  // Whatever is set up once exists from here on.
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 10; ++i) {
    kill_and_await_reaping(drop_sleeper());
  }
  EXPECT_TRUE(eventually([&] { return open_descriptors() <= before; }));
}

// SP-192
TEST(ScopeExitRelease, LeavesNoZombieOfAChildThatHadEnded) {
  int pid = 0;
  {
    const sp::Popen p(child("exit_with", "0"));
    pid = p.pid();
    ASSERT_TRUE(eventually([&] { return !is_running(pid); }));
  }
  EXPECT_TRUE(eventually([&] { return is_gone(pid); }));
}

// SP-193
TEST(ScopeExitRelease, ReapsAKilledChildAfterALaunchThatFails) {
  const int pid = drop_sleeper();
  ASSERT_TRUE(kill_process(pid));
  ASSERT_TRUE(eventually([&] { return !is_running(pid); }));
  EXPECT_THROW(sp::run({"/no/such/program"}), progeny::OSError);
  EXPECT_TRUE(eventually([&] { return is_gone(pid); }));
}

}  // namespace
