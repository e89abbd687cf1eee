#include "base/deadline.hpp"
#include "platform/io/readable.hpp"
#include "platform/process/child.hpp"
#include "platform/process/pidfd.posix.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/system/process_facts.posix.hpp"

#include <progeny/base/handle.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>

#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using detail::Deadline;
using testing::is_unreaped_child;
using testing::verdict_of_copy;
using testing::very_long;

const Deadline already(std::chrono::nanoseconds::zero());

// A process that runs until a signal ends it.
int start_sleeper() {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::alarm(600);
    for (;;) {
      ::pause();
    }
  }
  return pid;
}

int start_exit(int code) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::_exit(code);
  }
  return pid;
}

// The return code, unless other code reaped the child.
std::optional<decltype(ExitStatus::returncode)> returncode_of(const Child& child) {
  const std::optional<ExitStatus> status = child.known();
  return status && !status->lost ? std::optional(status->returncode) : std::nullopt;
}

// The parameter: whether there is a pidfd of the child, or only its number.
class ChildTest : public ::testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] static std::unique_ptr<Child> own(int pid) {
    return std::make_unique<Child>(pid, GetParam() ? open_pidfd(pid) : Handle());
  }
};

INSTANTIATE_TEST_SUITE_P(WithAndWithoutPidfd, ChildTest, ::testing::Bool());

TEST_P(ChildTest, ThatRunsHasNoStatus) {
  const auto sleeper = own(start_sleeper());
  EXPECT_FALSE(sleeper->poll());
  EXPECT_FALSE(sleeper->known());
  EXPECT_EQ(sleeper->wait(already), WaitEnd::timed_out);
  EXPECT_FALSE(sleeper->send_signal(SIGKILL));
  EXPECT_EQ(sleeper->wait(Deadline()), WaitEnd::exited);
}

TEST_P(ChildTest, ThatExitsHasItsCode) {
  const auto child = own(start_exit(7));
  EXPECT_EQ(child->wait(Deadline(very_long)), WaitEnd::exited);
  EXPECT_EQ(returncode_of(*child), 7);
  EXPECT_FALSE(is_unreaped_child(child->pid()));
}

TEST_P(ChildTest, ThatASignalEndsHasItsNegativeNumber) {
  const auto sleeper = own(start_sleeper());
  EXPECT_FALSE(sleeper->send_signal(SIGKILL));
  EXPECT_EQ(sleeper->wait(Deadline()), WaitEnd::exited);
  EXPECT_EQ(returncode_of(*sleeper), -SIGKILL);
}

TEST_P(ChildTest, IsLeftUnreapedByWaitEnded) {
  const auto child = own(start_exit(0));
  EXPECT_EQ(child->wait_ended(Deadline(very_long)), WaitEnd::exited);
  EXPECT_TRUE(is_unreaped_child(child->pid()));
  EXPECT_FALSE(child->known());
  EXPECT_TRUE(child->poll());
  EXPECT_FALSE(is_unreaped_child(child->pid()));
}

TEST_P(ChildTest, IsNotWaitedForOnceCancelled) {
  const auto sleeper = own(start_sleeper());
  Event cancel;
  cancel.set();
  EXPECT_EQ(sleeper->wait(Deadline(), &cancel), WaitEnd::cancelled);
  EXPECT_FALSE(sleeper->send_signal(SIGKILL));
  EXPECT_EQ(sleeper->wait(Deadline()), WaitEnd::exited);
}

TEST_P(ChildTest, HasAHandleThatIsReadableOnceItEnded) {
  const auto sleeper = own(start_sleeper());
  const std::array handles{sleeper->exit_handle()};
  EXPECT_EQ(wait_readable(handles, already), std::nullopt);
  EXPECT_FALSE(sleeper->send_signal(SIGKILL));
  EXPECT_EQ(wait_readable(handles, Deadline(very_long)), 0U);
  EXPECT_EQ(sleeper->wait(Deadline()), WaitEnd::exited);
}

TEST_P(ChildTest, ThatSomebodyElseReapedIsLost) {
  const int pid = start_exit(5);
  const auto child = own(pid);
  ASSERT_EQ(::waitpid(pid, nullptr, 0), pid);
  EXPECT_TRUE(child->poll());
  const ExitStatus status = child->known().value_or(ExitStatus{.returncode = 5});
  EXPECT_TRUE(status.lost);
  EXPECT_EQ(status.returncode, 0);
}

TEST_P(ChildTest, ThatIsReapedGetsNoSignal) {
  const auto child = own(start_exit(0));
  EXPECT_EQ(child->wait(Deadline()), WaitEnd::exited);
  EXPECT_FALSE(child->send_signal(SIGKILL));
}

TEST_P(ChildTest, IsNotOursInACopyOfTheProcess) {
  const auto sleeper = own(start_sleeper());
  EXPECT_TRUE(sleeper->is_ours());
  EXPECT_EQ(verdict_of_copy([&] { return sleeper->is_ours() ? 1 : 0; }), 0);
  EXPECT_FALSE(sleeper->send_signal(SIGKILL));
  EXPECT_EQ(sleeper->wait(Deadline()), WaitEnd::exited);
}

}  // namespace

}  // namespace progeny::platform
