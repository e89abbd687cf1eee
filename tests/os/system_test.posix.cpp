#include "support/system/own_pipe.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os/system.hpp>

#include <gtest/gtest.h>

#include <array>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace os = progeny::os;

// SP-203
TEST(OsSystem, ReturnsTheWaitStatusOfASignal) {
  EXPECT_EQ(os::system("kill -9 $$"), 9);
}

// SP-203
TEST(OsSystem, Is127ForAnUnknownCommand) {
  EXPECT_EQ(os::system("no-such-command-anywhere 2>/dev/null"), 127 << 8);
}

// SP-203
TEST(OsSystem, LetsTheCommandShareTheParentsStreams) {
  const OwnPipe pipe;
  const int saved = ::fcntl(1, F_DUPFD_CLOEXEC, 10);
  ASSERT_NE(saved, -1);
  ASSERT_EQ(::dup2(pipe.write_end.get(), 1), 1);
  const int status = os::system("echo hello");
  ASSERT_EQ(::dup2(saved, 1), 1);
  ::close(saved);
  EXPECT_EQ(status, 0);
  std::array<char, 7> text{};
  ASSERT_EQ(::read(pipe.read_end.get(), text.data(), 6), 6);
  EXPECT_STREQ(text.data(), "hello\n");
}

// SP-203
TEST(OsSystem, ProtectsTheCallerFromCtrlC) {
  struct sigaction before{};
  ASSERT_EQ(::sigaction(SIGINT, nullptr, &before), 0);
  ASSERT_EQ(before.sa_handler, SIG_DFL);
  // The command stands for the terminal: the default action would end this process.
  EXPECT_EQ(os::system("kill -INT $PPID; exit 5"), 5 << 8);
}

// SP-203
TEST(OsSystem, LeavesTheSignalsOfTheCallerAsTheyWere) {
  struct sigaction before{};
  struct sigaction after{};
  for (const int signal : {SIGINT, SIGQUIT, SIGCHLD}) {
    ASSERT_EQ(::sigaction(signal, nullptr, &before), 0);
    os::system("exit 0");
    ASSERT_EQ(::sigaction(signal, nullptr, &after), 0);
    EXPECT_EQ(before.sa_handler, after.sa_handler);
  }
}

// SP-203
TEST(WaitstatusToExitcode, IsTheExitCode) {
  EXPECT_EQ(os::waitstatus_to_exitcode(0), 0);
  EXPECT_EQ(os::waitstatus_to_exitcode(768), 3);
  EXPECT_EQ(os::waitstatus_to_exitcode(255 << 8), 255);
}

// SP-203
TEST(WaitstatusToExitcode, IsNegativeForASignal) {
  EXPECT_EQ(os::waitstatus_to_exitcode(SIGKILL), -SIGKILL);
  constexpr int core_dumped = 0x80;
  EXPECT_EQ(os::waitstatus_to_exitcode(SIGABRT | core_dumped), -SIGABRT);
}

// SP-203
TEST(WaitstatusToExitcode, RefusesAProcessThatIsOnlyStopped) {
  EXPECT_THROW((void)os::waitstatus_to_exitcode((SIGSTOP << 8) | 0x7f), progeny::ValueError);
}

}  // namespace
