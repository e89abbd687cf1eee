#include "support/children/child_args.hpp"
#include "support/children/flood.hpp"
#include "support/children/go.hpp"
#include "support/children/let_go.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/system/process_facts.posix.hpp"

#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;
using sp::AtScopeExit;
using Clock = std::chrono::steady_clock;

// Waits for news of this kind from the child (WSTOPPED, WCONTINUED), and takes it off the system.
void await_news(int pid, int kind) {
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &info, kind), 0);
}

void stop(sp::Popen& p) {
  p.send_signal(SIGSTOP);
  await_news(p.pid(), WSTOPPED);
}

// More than the largest pipe holds.
constexpr std::size_t bulk = 3U << 20U;

TEST(StoppedChild, IsARunningChild) {
  sp::Popen p(child("exit_on_eof", "3"), {.std_in = sp::PIPE});
  stop(p);
  EXPECT_EQ(p.poll(), std::nullopt);
  EXPECT_THROW(p.wait(0s), sp::TimeoutExpired);
  EXPECT_THROW(p.wait(50ms), sp::TimeoutExpired);
  EXPECT_THROW(p.communicate({}, 50ms), sp::TimeoutExpired);
  EXPECT_EQ(p.returncode(), std::nullopt);
  p.send_signal(SIGCONT);
  EXPECT_EQ(p.wait(very_long), 3);
}

// Stops the child again and again while `wait` waits for it, then lets it end with code 7.
void stop_during(const std::function<void(sp::Popen&)>& wait) {
  sp::Popen p(child("exit_on_sigint", "7"), {.std_out = sp::PIPE});
  ASSERT_EQ(p.std_out().readline(), "ready\n");
  const std::jthread stopper([&] {
    for (int i = 0; i < 20; ++i) {
      stop(p);
      p.send_signal(SIGCONT);
      await_news(p.pid(), WCONTINUED);
    }
    p.send_signal(SIGINT);
  });
  wait(p);
  EXPECT_EQ(p.returncode(), 7);
}

TEST(StoppedChild, DoesNotEndAWait) {
  stop_during([](sp::Popen& p) { EXPECT_EQ(p.wait(), 7); });
  stop_during([](sp::Popen& p) { EXPECT_EQ(p.wait(very_long), 7); });
}

TEST(StoppedChild, DoesNotEndCommunicate) {
  stop_during([](sp::Popen& p) { EXPECT_EQ(p.communicate().std_out, ""); });
  stop_during([](sp::Popen& p) { EXPECT_EQ(p.communicate({}, very_long).std_out, ""); });
}

TEST(StoppedChild, LosesNothingOfCommunicate) {
  const std::string input = pattern(bulk);
  sp::Popen p(child("echo_to_both"), all_pipes());
  stop(p);
  for (int i = 0; i < 3; ++i) {
    const auto start = Clock::now();
    EXPECT_THROW(p.communicate(i == 0 ? input : std::string(), 50ms), sp::TimeoutExpired);
    EXPECT_LT(Clock::now() - start, very_long);
  }
  p.send_signal(SIGCONT);
  const sp::Output output = p.communicate({}, very_long);
  EXPECT_TRUE(output.std_out == input);
  EXPECT_TRUE(output.std_err == input);
}

TEST(StoppedChild, EndsWhenItIsKilled) {
  sp::Popen p(child("pause_until_killed"));
  stop(p);
  p.kill();
  EXPECT_EQ(p.wait(), -SIGKILL);
}

TEST(StoppedChild, TerminatesOnceItGoesOn) {
  sp::Popen p(child("pause_until_killed"));
  stop(p);
  p.terminate();
  EXPECT_THROW(p.wait(50ms), sp::TimeoutExpired);
  p.send_signal(SIGCONT);
  EXPECT_EQ(p.wait(), -SIGTERM);
}

TEST(StoppedChild, IsKilledWhenTheTimeOfRunIsUp) {
  // It stops itself.
  const sp::Args args = child("raise_signal", std::to_string(SIGSTOP));
  EXPECT_THROW(sp::run(args, {.capture_output = true, .timeout = 50ms}), sp::TimeoutExpired);
  EXPECT_THROW(sp::call(args, {.timeout = 50ms}), sp::TimeoutExpired);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(StoppedChild, IsEndedByScopeExitsThatKill) {
  for (const auto ending : {AtScopeExit::kill, AtScopeExit::terminate}) {
    int pid = 0;
    {
      sp::Popen p(child("pause_until_killed"), {.at_scope_exit = ending, .grace = 50ms});
      pid = p.pid();
      stop(p);
    }
    EXPECT_FALSE(is_unreaped_child(pid));
  }
}

TEST(StoppedChild, DoesNotHoldUpARelease) {
  int pid = 0;
  {
    sp::Popen p(child("pause_until_killed"), all_pipes());
    pid = p.pid();
    stop(p);
  }
  kill_and_await_reaping(pid);
}

// Whether the pipe holds as much as it can.
bool is_full(int descriptor) {
  int bytes = 0;
  return ::ioctl(descriptor, FIONREAD, &bytes) == 0 && bytes == ::fcntl(descriptor, F_GETPIPE_SZ);
}

TEST(ChildThatNeverReads, BlocksAWriterWithoutProcessorTime) {
  const std::string input = pattern(bulk);
  sp::Popen p(child("wait_go_echo"), all_pipes());
  ASSERT_EQ(p.std_err().readline(), "ready\n");
  const int descriptor = p.std_in().fileno();
  const std::jthread writer([&] {
    p.std_in().write(input);
    p.std_in().close();
  });
  EXPECT_TRUE(eventually([&] { return is_full(descriptor); }));
  const auto before = processor_time();
  EXPECT_THROW(p.wait(400ms), sp::TimeoutExpired);
  EXPECT_LT(processor_time() - before, 200ms);
  send_go(p);
  EXPECT_TRUE(p.std_out().read() == input);
  EXPECT_EQ(p.wait(), 0);
}

TEST(ChildThatFloodsBoth, IsReadCompletelyThroughTheSmallestPipes) {
  flood(500'000, 4096);
}

// In a copy, because a destructor that blocks would take the whole program with it.
TEST(ChildThatNeverReads, DoesNotHoldUpAScopeExitThatEndsItWithDataStillBuffered) {
  for (const auto ending : {AtScopeExit::kill, AtScopeExit::terminate}) {
    EXPECT_EQ(
        verdict_of_copy([&] {
          ::alarm(static_cast<unsigned>(very_long.count()));
          sp::Popen p(
              child("pause_until_killed"),
              {.bufsize = 100'000, .std_in = sp::PIPE, .at_scope_exit = ending, .grace = 50ms});
          p.std_in().write(std::string(90'000, 'x'));  // More than the pipe holds.
          return 0;
        }),
        0);
  }
}

}  // namespace
