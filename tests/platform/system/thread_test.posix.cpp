#include "platform/system/thread.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <future>
#include <system_error>
#include <thread>

#include <pthread.h>
#include <sys/syscall.h>

namespace progeny::platform {

namespace {

// How many of the signals that can be blocked the calling thread does not block.
int open_signals() {
  sigset_t blocked;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  int open = 0;
  for (int signal = 1; signal <= SIGRTMAX; ++signal) {
    const bool is_of_the_library = signal > SIGSYS && signal < SIGRTMIN;
    const bool can_be_blocked = signal != SIGKILL && signal != SIGSTOP && !is_of_the_library;
    open += can_be_blocked && sigismember(&blocked, signal) == 0 ? 1 : 0;
  }
  return open;
}

TEST(QuietThread, RunsBesidesItsMaker) {
  std::promise<std::thread::id> told;
  auto id = told.get_future();
  std::promise<void> go;
  start_quiet_thread([&told, goes = go.get_future().share()] {
    goes.wait();
    told.set_value(std::this_thread::get_id());
  });
  go.set_value();
  EXPECT_NE(id.get(), std::this_thread::get_id());
}

TEST(QuietThread, HasAllSignalsBlockedAndItsMakerNone) {
  const int before = open_signals();
  std::promise<int> told;
  start_quiet_thread([&told] { told.set_value(open_signals()); });
  EXPECT_EQ(told.get_future().get(), 0);
  EXPECT_EQ(open_signals(), before);
  EXPECT_GT(before, 0);
}

TEST(QuietThread, ThatCannotBeHadIsAnErrorAndLeavesTheMask) {
  EXPECT_EQ(testing::verdict_of_copy([] {
              const int before = open_signals();
              testing::refuse_calls({SYS_clone, SYS_clone3}, EAGAIN);
              try {
                start_quiet_thread([] {});
                return 1;
              } catch (const OSError& error) {
                const bool right = error.code() == std::errc::resource_unavailable_try_again &&
                                   error.call() == "pthread_create";
                return right && open_signals() == before ? 0 : 2;
              }
            }),
            0);
}

}  // namespace

}  // namespace progeny::platform
