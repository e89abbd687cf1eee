#include "support/children/child_args.hpp"
#include "support/children/let_go.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstddef>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-192
TEST(ScopeExitRelease, DoesNotReapAChildOfTheHost) {
  const int dropped = drop_sleeper();
  const pid_t own = ::fork();
  if (own == 0) {
    ::_exit(5);
  }
  ASSERT_TRUE(eventually([&] { return !is_running(own); }));
  kill_and_await_reaping(dropped);
  int status = 0;
  ASSERT_EQ(::waitpid(own, &status, 0), own);
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

// SP-192: a copy of the process made by fork(2) has nothing to do with them.
TEST(ScopeExitRelease, CostsACopyOfTheProcessNoDescriptor) {
  int pid = 0;
  {
    const sp::Popen p(child("pause_until_killed"));
    pid = p.pid();
  }
  EXPECT_EQ(verdict_of_copy([] {
              const std::size_t before = open_descriptors();
              sp::call(child("exit_with", "0"));
              return open_descriptors() == before ? 0 : 1;
            }),
            0);
  ::kill(pid, SIGKILL);
}

// Takes all descriptors of this process, a copy, for as long as it lives.
class FullTable {
 public:
  FullTable() {
    constexpr rlimit few{.rlim_cur = 256, .rlim_max = 256};
    ::setrlimit(RLIMIT_NOFILE, &few);
    for (int taken = ::dup(STDERR_FILENO); taken != -1; taken = ::dup(STDERR_FILENO)) {
      taken_.push_back(taken);
    }
  }
  FullTable(const FullTable&) = delete;
  FullTable& operator=(const FullTable&) = delete;
  ~FullTable() {
    for (const int taken : taken_) {
      ::close(taken);
    }
  }

 private:
  std::vector<int> taken_;
};

// A7
TEST(ScopeExitRelease, ReapsAChildThatWasDroppedWhileTheTableWasFull) {
  EXPECT_EQ(verdict_of_copy([] {
              int pid = 0;
              {
                sp::Popen p(child("pause_until_killed"));
                pid = p.pid();
                const FullTable full;
                const sp::Popen dropped = std::move(p);
              }
              ::kill(pid, SIGKILL);
              return eventually([&] {
                sp::call(child("exit_with", "0"));
                return is_gone(pid);
              })
                         ? 0
                         : 1;
            }),
            0);
}

}  // namespace
