// Signals to a child, to its group, and to a process that somebody else reaps.

#include "platform/process/child.hpp"
#include "platform/process/pidfd.posix.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/own_pipe.hpp"

#include <progeny/base/handle.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <system_error>

#include <unistd.h>

namespace progeny::platform {

namespace {

using detail::Deadline;

// A child that leads a group of its own, in which there is one more process. Both have the writing
// end of `alive`.
int start_group(testing::OwnPipe& alive) {
  testing::OwnPipe ready;
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setpgid(0, 0);
    if (::fork() != 0) {
      [[maybe_unused]] const ssize_t written = ::write(ready.write_end.get(), "x", 1);
    }
    ::alarm(600);
    for (;;) {
      ::pause();
    }
  }
  alive.write_end.reset();
  EXPECT_EQ(ready.read(1), "x");
  return pid;
}

TEST(ChildGroup, IsKilledWithAllItsMembers) {
  testing::OwnPipe alive;
  Child child(start_group(alive), Handle());
  EXPECT_FALSE(child.kill_group());
  EXPECT_EQ(alive.read(1), "") << "a member is left";
  EXPECT_EQ(child.wait(Deadline()), WaitEnd::exited);
  EXPECT_EQ(child.known()->returncode, -SIGKILL);
}

TEST(ChildGroup, IsAskedToEnd) {
  testing::OwnPipe alive;
  Child child(start_group(alive), Handle());
  EXPECT_FALSE(child.terminate_group());
  EXPECT_EQ(alive.read(1), "") << "a member is left";
  EXPECT_EQ(child.wait(Deadline()), WaitEnd::exited);
  EXPECT_EQ(child.known()->returncode, -SIGTERM);
}

TEST(ChildGroup, IsLeftAloneOnceTheChildIsReaped) {
  testing::OwnPipe alive;
  Child child(start_group(alive), Handle());
  EXPECT_FALSE(child.send_signal(SIGKILL));
  EXPECT_EQ(child.wait(Deadline()), WaitEnd::exited);
  EXPECT_FALSE(child.kill_group());
  EXPECT_EQ(::killpg(child.pid(), 0), 0) << "the other member is gone";
  ::killpg(child.pid(), SIGKILL);
  EXPECT_EQ(alive.read(1), "");
}

TEST(SignalProcess, ReachesItByItsHandle) {
  testing::ForkedChild child(::pause);
  const Handle process = open_pidfd(child.pid());
  if (!process) {
    GTEST_SKIP() << "this kernel has no handles of processes";
  }
  EXPECT_FALSE(signal_process(process.get(), SIGKILL));
  EXPECT_EQ(child.wait(), -SIGKILL);
  EXPECT_FALSE(signal_process(process.get(), SIGKILL)) << "it has ended, which is no error";
}

TEST(SignalProcess, WithoutAHandleIsNotSupported) {
  EXPECT_EQ(signal_process(Handle::none(), SIGKILL), std::errc::function_not_supported);
}

}  // namespace

}  // namespace progeny::platform
