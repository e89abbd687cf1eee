#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <stop_token>
#include <string>
#include <thread>

#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Gives a signal another disposition for the time that it lives.
class ScopedAction {
 public:
  ScopedAction(int signal, void (*handler)(int)) : signal_(signal) {
    struct sigaction action{};
    action.sa_handler = handler;
    ::sigaction(signal, &action, &before_);
  }
  ScopedAction(const ScopedAction&) = delete;
  ScopedAction& operator=(const ScopedAction&) = delete;
  ~ScopedAction() { ::sigaction(signal_, &before_, nullptr); }

 private:
  int signal_;
  struct sigaction before_{};
};

// A set of signals in the child's /proc/self/status.
std::uint64_t child_signals(const std::string& line, const sp::Options& options = {}) {
  return std::stoull(sp::check_output(child("print_status_line", line), options), nullptr, 16);
}

bool holds(std::uint64_t set, int signal) {
  return ((set >> static_cast<unsigned>(signal - 1)) & 1U) != 0;
}

// SP-146
TEST(RestoreSignals, GivesTheChildDefaultSigpipeAndSigxfsz) {
  const ScopedAction pipe(SIGPIPE, SIG_IGN);
  const ScopedAction size(SIGXFSZ, SIG_IGN);
  const std::uint64_t ignored = child_signals("SigIgn");
  EXPECT_FALSE(holds(ignored, SIGPIPE));
  EXPECT_FALSE(holds(ignored, SIGXFSZ));
}

// SP-146
TEST(RestoreSignals, SetToFalseKeepsThemIgnored) {
  const ScopedAction pipe(SIGPIPE, SIG_IGN);
  const ScopedAction size(SIGXFSZ, SIG_IGN);
  const std::uint64_t ignored = child_signals("SigIgn", {.restore_signals = false});
  EXPECT_TRUE(holds(ignored, SIGPIPE));
  EXPECT_TRUE(holds(ignored, SIGXFSZ));
}

// SP-146
TEST(RestoreSignals, LeavesOtherIgnoredSignalsIgnored) {
  const ScopedAction user(SIGUSR2, SIG_IGN);
  EXPECT_TRUE(holds(child_signals("SigIgn"), SIGUSR2));
}

// SP-146
TEST(RestoreSignals, WorksTogetherWithAHook) {
  const ScopedAction pipe(SIGPIPE, SIG_IGN);
  EXPECT_FALSE(holds(child_signals("SigIgn", {.preexec_fn = [] {}}), SIGPIPE));
  EXPECT_TRUE(
      holds(child_signals("SigIgn", {.preexec_fn = [] {}, .restore_signals = false}), SIGPIPE));
}

// SP-149
TEST(ChildSignals, HandlersOfTheHostAreNotTheChilds) {
  const ScopedAction user(SIGUSR1, [](int) {});
  EXPECT_FALSE(holds(child_signals("SigCgt"), SIGUSR1));
  EXPECT_FALSE(holds(child_signals("SigIgn"), SIGUSR1));
}

// SP-149
TEST(ChildSignals, TheLaunchLeavesNoSignalBlockedInTheChild) {
  EXPECT_EQ(child_signals("SigBlk"), 0U);
}

// SP-149
TEST(ChildSignals, ASignalThatTheCallerBlocksStaysBlockedInTheChild) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const std::uint64_t in_child = child_signals("SigBlk");
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_TRUE(holds(in_child, SIGUSR2));
}

std::atomic<int> handled = 0;
std::atomic<int> handled_elsewhere = 0;
std::atomic<int> host_pid = 0;

void note_process(int /*signal*/) {
  (::getpid() == host_pid ? handled : handled_elsewhere).fetch_add(1);
}

// SP-149
TEST(ChildSignals, SignalsToTheHostDuringLaunchesAreHandledByTheHost) {
  handled = 0;
  handled_elsewhere = 0;
  host_pid = ::getpid();
  const ScopedAction user(SIGUSR1, note_process);
  std::atomic<int> sent = 0;
  {
    const std::jthread sender([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        // The next one only when this one was handled: pending signals of a kind merge.
        if (handled == sent) {
          ++sent;
          ::kill(host_pid, SIGUSR1);
        }
        std::this_thread::yield();
      }
    });
    for (int i = 0; i < 50; ++i) {
      ASSERT_EQ(sp::call(child("exit_with", "0")), 0);
    }
  }
  EXPECT_TRUE(eventually([&] { return handled == sent; }));
  EXPECT_GT(handled, 0);
  // With a shared memory a handler that ran in the child would have counted here.
  EXPECT_EQ(handled_elsewhere, 0);
}

}  // namespace
