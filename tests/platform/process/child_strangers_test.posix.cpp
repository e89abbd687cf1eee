#include "base/deadline.hpp"
#include "platform/process/child.hpp"
#include "platform/process/pidfd.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/handle.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <memory>

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

// Numbers of processes that are not ours, or not ours any more, and children in odd states.

namespace progeny::platform {

namespace {

using detail::Deadline;
using testing::eventually;
using testing::open_descriptors;

constexpr std::chrono::milliseconds a_moment{50};

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

int start_exit() {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::_exit(0);
  }
  return pid;
}

// A process that is no child of this one, and leads a group. Ended at the end of the test.
class Stranger {
 public:
  Stranger() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const pid_t parent = ::fork();
    if (parent == 0) {
      const pid_t stranger = ::fork();
      if (stranger == 0) {
        ::setpgid(0, 0);
        ::alarm(600);
        for (;;) {
          ::pause();
        }
      }
      ::setpgid(stranger, stranger);
      const bool written = ::write(ends[1], &stranger, sizeof stranger) == sizeof stranger;
      ::_exit(written ? 0 : 1);
    }
    EXPECT_EQ(::read(ends[0], &pid_, sizeof pid_), static_cast<ssize_t>(sizeof pid_));
    EXPECT_EQ(::waitpid(parent, nullptr, 0), parent);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;
  ~Stranger() {
    ::kill(pid_, SIGKILL);
    EXPECT_TRUE(eventually([this] { return testing::is_gone(pid_); }));
  }

  [[nodiscard]] int pid() const noexcept { return pid_; }
  [[nodiscard]] bool is_alive() const { return testing::is_running(pid_); }

 private:
  pid_t pid_ = 0;
};

// A handle of a child that other code has reaped since.
Handle handle_of_reaped() {
  const int pid = start_exit();
  Handle handle = open_pidfd(pid);
  EXPECT_EQ(::waitpid(pid, nullptr, 0), pid);
  return handle;
}

// The parameter: whether the child is known by a handle, or by its number alone.
class ChildStrangerTest : public ::testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] static Handle handle_of(int pid) { return GetParam() ? open_pidfd(pid) : Handle(); }
  // As if other code had reaped the child, and its number had gone to another process.
  [[nodiscard]] static std::unique_ptr<Child> with_number_of(int pid) {
    return std::make_unique<Child>(pid, GetParam() ? handle_of_reaped() : Handle());
  }
};

INSTANTIATE_TEST_SUITE_P(WithAndWithoutPidfd, ChildStrangerTest, ::testing::Bool());

// A1
TEST_P(ChildStrangerTest, GetsNoSignalThroughItsNumber) {
  const Stranger stranger;
  for (const bool keeps_group : {false, true}) {
    const auto child = with_number_of(stranger.pid());
    if (keeps_group) {
      child->keep_group();
    }
    EXPECT_FALSE(child->terminate_group());
    EXPECT_FALSE(child->kill_group());
    EXPECT_FALSE(child->send_signal(SIGKILL));
    EXPECT_TRUE(child->poll());
    EXPECT_TRUE(stranger.is_alive());
  }
}

// A2. Not even another child that got the number is waited for, where there is a handle.
TEST_P(ChildStrangerTest, IsNotWaitedFor) {
  const Stranger stranger;
  EXPECT_EQ(with_number_of(stranger.pid())->wait(Deadline()), WaitEnd::exited);
  const int sleeper = start_sleeper();
  if (GetParam()) {
    EXPECT_EQ(with_number_of(sleeper)->wait(Deadline()), WaitEnd::exited);
  }
  EXPECT_EQ(::kill(sleeper, SIGKILL), 0);
  EXPECT_EQ(::waitpid(sleeper, nullptr, 0), sleeper);
}

// A3
TEST(EndedChild, KeepsNoDescriptor) {
  const int pid = start_sleeper();
  const std::size_t before = open_descriptors();
  Child child(pid, open_pidfd(pid));
  EXPECT_EQ(child.wait(Deadline(a_moment)), WaitEnd::timed_out);
  EXPECT_FALSE(child.send_signal(SIGKILL));
  EXPECT_EQ(child.wait(Deadline()), WaitEnd::exited);
  EXPECT_EQ(open_descriptors(), before);
}

// A leader that starts another member of its group and ends. Returns the member's number.
int start_group(int& leader) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  leader = ::fork();
  if (leader == 0) {
    ::setpgid(0, 0);
    const pid_t member = start_sleeper();
    const bool written = ::write(ends[1], &member, sizeof member) == sizeof member;
    ::_exit(written ? 0 : 1);
  }
  pid_t member = 0;
  EXPECT_EQ(::read(ends[0], &member, sizeof member), static_cast<ssize_t>(sizeof member));
  ::close(ends[0]);
  ::close(ends[1]);
  return member;
}

// A5. Whether somebody looked at the leader before makes no difference.
TEST_P(ChildStrangerTest, IsNoMemberOfTheGroupOfAnEndedLeader) {
  for (const bool looks : {false, true}) {
    int leader = 0;
    const int member = start_group(leader);
    Child child(leader, handle_of(leader));
    child.keep_group();
    EXPECT_EQ(child.wait_ended(Deadline()), WaitEnd::exited);
    EXPECT_EQ(child.poll().has_value() && looks, looks);
    EXPECT_FALSE(child.kill_group());
    EXPECT_TRUE(eventually([member] { return testing::is_gone(member); })) << looks;
    EXPECT_TRUE(child.poll());
    EXPECT_TRUE(testing::is_gone(leader));
  }
}

// A6
TEST_P(ChildStrangerTest, StopOfATracedChildIsNoEnd) {
  const int pid = start_sleeper();
  Child child(pid, handle_of(pid));
  ASSERT_EQ(::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr), 0);
  ASSERT_EQ(::ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr), 0);
  EXPECT_EQ(child.wait(Deadline(a_moment)), WaitEnd::timed_out);
  EXPECT_FALSE(child.poll());
  // The stop is still there for the tracer to take.
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSTOPPED(status));
  EXPECT_FALSE(child.send_signal(SIGKILL));
  EXPECT_EQ(child.wait(Deadline()), WaitEnd::exited);
  EXPECT_EQ(child.known().value_or(ExitStatus()).returncode, -SIGKILL);
}

}  // namespace

}  // namespace progeny::platform
