#include "platform/io/readable.hpp"
#include "platform/process/fork.hpp"
#include "platform/process/pidfd.posix.hpp"
#include "platform/system/thread.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/full_table.posix.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <future>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

using testing::verdict_of_copy;

int code_of(int pid) {
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ForkProcess, TellsTheTwoSidesApart) {
  ASSERT_TRUE(can_fork());
  const int parent = ::getpid();
  const Copy copy = fork_process();
  if (copy.pid == 0) {
    ::_exit(::getppid() == parent && !copy.process ? 5 : 6);
  }
  EXPECT_EQ(code_of(copy.pid), 5);
}

TEST(ForkProcess, GivesAHandleThatIsReadableAtTheEnd) {
  const Copy copy = fork_process();
  if (copy.pid == 0) {
    ::_exit(0);
  }
  if (copy.process) {
    EXPECT_TRUE(testing::is_close_on_exec(copy.process.get()));
    EXPECT_EQ(wait_readable(std::array{copy.process.get()}, detail::Deadline(testing::very_long)),
              0U);
  }
  EXPECT_EQ(code_of(copy.pid), 0);
}

TEST(ForkProcess, WithoutAFreeDescriptorHasNoHandle) {
  EXPECT_EQ(verdict_of_copy([] {
              testing::leave_descriptors(0);
              const Copy copy = fork_process();
              if (copy.pid == 0) {
                ::_exit(0);
              }
              return !copy.process && code_of(copy.pid) == 0 ? 0 : 1;
            }),
            0);
}

TEST(ForkProcess, ThatIsRefusedIsAnError) {
  EXPECT_EQ(verdict_of_copy([] {
              testing::refuse_calls({SYS_clone, SYS_clone3, SYS_fork}, EAGAIN);
              try {
                static_cast<void>(fork_process());
                return 1;
              } catch (const OSError& error) {
                return error.code() == std::errc::resource_unavailable_try_again &&
                               error.call() == "fork"
                           ? 0
                           : 2;
              }
            }),
            0);
}

TEST(ThreadCount, CountsThoseThatRun) {
  const int before = thread_count();
  EXPECT_EQ(static_cast<std::size_t>(before), testing::thread_count());
  std::promise<void> end;
  std::thread other([ended = end.get_future()]() mutable { ended.wait(); });
  EXPECT_EQ(thread_count(), before + 1);
  end.set_value();
  other.join();
  EXPECT_TRUE(testing::eventually([&] { return thread_count() == before; }));
}

// G3
TEST(ThreadCount, LeavesOutTheLibrarysOwn) {
  const int before = host_thread_count();
  std::promise<void> end;
  start_quiet_thread([ended = end.get_future().share()] { ended.wait(); });
  EXPECT_EQ(host_thread_count(), before);
  std::promise<void> end_of_hosts;
  std::thread hosts([ended = end_of_hosts.get_future().share()] { ended.wait(); });
  EXPECT_EQ(host_thread_count(), before + 1);
  EXPECT_EQ(verdict_of_copy([] { return host_thread_count() == 1 ? 0 : 1; }), 0);
  // One that is about to end is still none of the host's.
  end.set_value();
  EXPECT_EQ(host_thread_count(), before + 1);
  end_of_hosts.set_value();
  hosts.join();
}

// The call that stat(3) is made of.
#ifdef SYS_newfstatat
constexpr long number_of_stat = SYS_newfstatat;
#else
constexpr long number_of_stat = SYS_statx;
#endif

TEST(ThreadCount, IsOneWhereTheSystemDoesNotTell) {
  EXPECT_EQ(verdict_of_copy([] {
              testing::refuse_calls({number_of_stat}, ENOENT);
              return thread_count() == 1 ? 0 : 1;
            }),
            0);
}

TEST(ForkGeneration, IsAnotherInEachCopy) {
  const std::uint32_t own = fork_generation();
  EXPECT_EQ(verdict_of_copy([own] {
              const bool is_next = fork_generation() == own + 1;
              const bool is_next_again =
                  verdict_of_copy([own] { return fork_generation() == own + 2 ? 0 : 1; }) == 0;
              return is_next && is_next_again && fork_generation() == own + 1 ? 0 : 1;
            }),
            0);
  EXPECT_EQ(fork_generation(), own);
}

// Hooks cannot be taken back, so they are set in a copy of the test process.
std::string calls;

TEST(OnFork, CallsItsHooksAroundEachCopying) {
  EXPECT_EQ(verdict_of_copy([] {
              on_fork({.before = []() noexcept { calls += "before "; },
                       .after_in_parent = []() noexcept { calls += "parent "; },
                       .after_in_child = []() noexcept { calls += "child "; }});
              const bool right_in_child =
                  verdict_of_copy([] { return calls == "before child " ? 0 : 1; }) == 0;
              return right_in_child && calls == "before parent " ? 0 : 1;
            }),
            0);
}

std::mutex& mutex_to_hold() noexcept {
  static std::mutex mutex;
  return mutex;
}

TEST(HoldAcrossForks, HasTheMutexFreeInACopyAlthoughAnotherThreadUsesIt) {
  EXPECT_EQ(verdict_of_copy([] {
              hold_across_forks<mutex_to_hold>();
              std::atomic<bool> done{false};
              std::thread user([&] {
                while (!done) {
                  const std::lock_guard lock(mutex_to_hold());
                }
              });
              int taken = 0;
              for (int time = 0; time < 50; ++time) {
                taken += verdict_of_copy([] {
                  const bool is_free = mutex_to_hold().try_lock();
                  if (is_free) {
                    mutex_to_hold().unlock();
                  }
                  return is_free ? 0 : 1;
                });
              }
              done = true;
              user.join();
              const bool is_free_here = mutex_to_hold().try_lock();
              return taken == 0 && is_free_here ? 0 : 1;
            }),
            0);
}

}  // namespace

}  // namespace progeny::platform
