#include "support/child_args.hpp"
#include "support/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Drops a Popen whose child still runs, and returns the child's pid.
int drop_sleeper() {
  const sp::Popen p(child("pause_until_killed"));
  return p.pid();
}

void end_and_await_reaping(int pid) {
  ASSERT_TRUE(kill_process(pid));
  EXPECT_TRUE(eventually([&] { return is_gone(pid); }));
}

// SP-192
TEST(ScopeExitRelease, DoesNotReapAChildOfTheHost) {
  const int dropped = drop_sleeper();
  const pid_t own = ::fork();
  if (own == 0) {
    ::_exit(5);
  }
  ASSERT_TRUE(eventually([&] { return !is_running(own); }));
  end_and_await_reaping(dropped);
  int status = 0;
  ASSERT_EQ(::waitpid(own, &status, 0), own);
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

}  // namespace
