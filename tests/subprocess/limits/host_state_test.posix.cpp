#include "support/children/child_args.hpp"
#include "support/system/host_state.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Calls `call` and compares.
void expect_unchanged(const std::function<void()>& call) {
  const HostState before = host_state();
  call();
  EXPECT_TRUE(host_state() == before);
}

// SP-216
TEST(HostState, IsAsItWasAfterALaunch) {
  expect_unchanged([] {
    sp::Popen p(child("exit_with", "0"),
                {.cwd = "/", .env = {{"A", "1"}}, .start_new_session = true, .umask = 077});
    p.wait();
  });
}

// SP-216
TEST(HostState, IsAsItWasAfterALaunchWithAHook) {
  expect_unchanged([] {
    const auto hook = [] {
      (void)!::chdir("/");
      ::umask(0);
      ::setenv("HOOK", "1", 1);  // NOLINT(concurrency-mt-unsafe): the child has one thread.
      ::signal(SIGUSR1, SIG_IGN);
    };
    EXPECT_EQ(sp::call(child("exit_with", "0"), {.preexec_fn = hook}), 0);
  });
}

// SP-216
TEST(HostState, IsAsItWasAfterAFailedLaunch) {
  expect_unchanged([] {
    EXPECT_THROW(sp::call({"/no/such/program"}), progeny::OSError);
    EXPECT_THROW(sp::call(child("exit_with", "0"), {.cwd = "/no/such/folder"}), progeny::OSError);
  });
}

// SP-216
TEST(HostState, IsAsItWasAfterCommunicate) {
  expect_unchanged([] {
    sp::Popen p(child("echo_to_both"), all_pipes());
    p.communicate(pattern(200'000), very_long);
  });
}

// SP-216
TEST(HostState, IsAsItWasAfterABrokenPipe) {
  expect_unchanged([] {
    sp::Popen p(child("exit_with", "0"), all_pipes());
    p.communicate(pattern(2'000'000));
    EXPECT_EQ(p.returncode(), 0);
  });
}

// SP-216
TEST(HostState, IsAsItWasAfterTimeoutsAndSignals) {
  expect_unchanged([] {
    EXPECT_THROW(sp::run(child("pause_until_killed"), {.capture_output = true, .timeout = 20ms}),
                 sp::TimeoutExpired);
    sp::Popen p(child("pause_until_killed"));
    EXPECT_THROW(p.wait(1ms), sp::TimeoutExpired);
    p.terminate();
    p.wait();
  });
}

// SP-216
TEST(HostState, IsAsItWasAfterOsFunctions) {
  expect_unchanged([] {
    EXPECT_EQ(progeny::os::system("exit 0"), 0);
    EXPECT_EQ(progeny::os::popen("echo x").read(), "x\n");
    EXPECT_EQ(sp::getoutput("echo x"), "x");
  });
}

// SP-216
TEST(HostState, HasNoSigchldHandler) {
  sp::run(child("exit_with", "0"), {.capture_output = true});
  struct sigaction action{};
  ASSERT_EQ(::sigaction(SIGCHLD, nullptr, &action), 0);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

// SP-216
TEST(HostState, LeavesNoSigpipePendingAfterABrokenPipe) {
  sp::Popen p(child("exit_with", "0"), {.std_in = sp::PIPE});
  p.communicate(pattern(2'000'000));
  sigset_t pending;
  ASSERT_EQ(::sigpending(&pending), 0);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

volatile std::sig_atomic_t interrupted = 0;

// SP-220
TEST(HostSignal, DoesNotCorruptTheStateOfAChild) {
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction action{};
    struct sigaction before{};
    action.sa_handler = [](int) { interrupted = 1; };
    ASSERT_EQ(::sigaction(signal, &action, &before), 0);
    interrupted = 0;
    sp::Popen p(child("pause_until_killed"));
    ::kill(::getpid(), signal);
    EXPECT_EQ(p.poll(), std::nullopt);
    EXPECT_THROW(p.wait(10ms), sp::TimeoutExpired);
    p.kill();
    EXPECT_EQ(p.wait(), -SIGKILL);
    EXPECT_EQ(p.poll(), -SIGKILL);
    EXPECT_TRUE(eventually([] { return interrupted == 1; }));
    ASSERT_EQ(::sigaction(signal, &before, nullptr), 0);
  }
}

}  // namespace
