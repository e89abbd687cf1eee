#include "platform/host/shell.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/refusal.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>
#include <vector>

#include <sys/syscall.h>
#include <sys/wait.h>

namespace progeny::platform {

namespace {

TEST(RunInShell, ReturnsTheStatus) {
  EXPECT_EQ(exit_code_of(run_in_shell("exit 0")), 0);
  EXPECT_EQ(exit_code_of(run_in_shell("exit 3")), 3);
  EXPECT_EQ(exit_code_of(run_in_shell("exit 255")), 255);
  EXPECT_EQ(exit_code_of(run_in_shell("kill -9 $$")), -SIGKILL);
}

TEST(RunInShell, GivesTheWholeCommandToTheShell) {
  EXPECT_EQ(exit_code_of(run_in_shell("test \"a  b\" = 'a  b' && exit 7")), 7);
}

TEST(RunInShell, LeavesErrnoAsItWas) {
  errno = ENOTTY;
  static_cast<void>(run_in_shell("exit 1"));
  EXPECT_EQ(errno, ENOTTY);
}

// As the GNU C library has it, which starts the shell by posix_spawn(3): no process is no shell.
TEST(RunInShell, ThatGetsNoProcessHasTheStatusOfAMissingShell) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              testing::refuse_calls({SYS_clone, SYS_clone3, SYS_vfork}, EAGAIN);
              return exit_code_of(run_in_shell("exit 0")) == 127 ? 0 : 1;
            }),
            0);
}

// A12: as in Python. The command has run.
TEST(RunInShell, WhoseEndNobodyCanTellHasTheStatusMinusOne) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              std::signal(SIGCHLD, SIG_IGN);  // The system forgets children that end.
              return run_in_shell("exit 0") == -1 ? 0 : 1;
            }),
            0);
}

TEST(ExitCodeOf, IsNothingForAProcessThatHasNotEnded) {
  EXPECT_EQ(exit_code_of(W_STOPCODE(SIGSTOP)), std::nullopt);
  constexpr int continued = 0xffff;
  EXPECT_EQ(exit_code_of(continued), std::nullopt);
}

TEST(StatusOfReturncode, IsTheReverse) {
  for (const int code : {0, 1, 77, 255, -1, -SIGKILL, -SIGTERM}) {
    EXPECT_EQ(exit_code_of(status_of_returncode(code)), code);
  }
  EXPECT_EQ(status_of_returncode(0), 0);
  EXPECT_EQ(status_of_returncode(1), 256);
  EXPECT_EQ(status_of_returncode(-SIGTERM), SIGTERM);
}

TEST(ShellPrefix, RunsWhatFollowsAsACommand) {
  std::vector<std::string> words = shell_prefix();
  words.emplace_back("exit $((2 + 3))");
  EXPECT_EQ(subprocess::run(words).returncode, 5);
}

}  // namespace

}  // namespace progeny::platform
