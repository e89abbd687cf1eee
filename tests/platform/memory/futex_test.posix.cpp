#include "platform/memory/anonymous_memory.hpp"
#include "platform/memory/futex.hpp"
#include "platform/memory/mapping.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

namespace progeny::platform {

namespace {

using namespace std::chrono_literals;
using progeny::detail::Deadline;

// Two words in memory that a forked child shares.
struct SharedWords {
  Handle memory = make_anonymous_memory("progeny-test", page_size());
  Mapping mapping{memory.get(), page_size()};
  FutexWord* words = reinterpret_cast<FutexWord*>(mapping.data());
};

TEST(Futex, SaysThatTheWordIsAnother) {
  const FutexWord word{1};
  EXPECT_EQ(wait_on(word, 2, Deadline()), FutexEnd::changed);
  const std::array<FutexWait, 2> waits{{{&word, 1}, {&word, 3}}};
  EXPECT_NE(wait_on_any(waits, Deadline(Timeout(testing::very_long))), FutexEnd::timed_out);
}

TEST(Futex, WaitsAsLongAsItIsTold) {
  const FutexWord word{1};
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(wait_on(word, 1, Deadline(Timeout(50ms))), FutexEnd::timed_out);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 50ms);
  EXPECT_EQ(wait_on(word, 1, Deadline(Timeout(-1s))), FutexEnd::timed_out);
  const std::array<FutexWait, 1> waits{{{&word, 1}}};
  const Deadline later(Timeout(50ms));
  while (wait_on_any(waits, later) != FutexEnd::timed_out) {
  }
  EXPECT_TRUE(later.expired());
}

TEST(Futex, WakesAnotherProcess) {
  const SharedWords shared;
  testing::ForkedChild child([&] {
    while (shared.words[0] == 0) {
      static_cast<void>(wait_on(shared.words[0], 0, Deadline()));
    }
    return 0;
  });
  shared.words[0] = 1;
  wake_all(shared.words[0]);
  EXPECT_EQ(child.wait(), 0);
}

TEST(Futex, WakesByEachOfSeveralWords) {
  for (const std::size_t changed : {0U, 1U}) {
    const SharedWords shared;
    testing::ForkedChild child([&] {
      const std::array<FutexWait, 2> waits{{{&shared.words[0], 0}, {&shared.words[1], 0}}};
      while (shared.words[0] == 0 && shared.words[1] == 0) {
        static_cast<void>(wait_on_any(waits, Deadline()));
      }
      return 0;
    });
    shared.words[changed] = 1;
    wake_all(shared.words[changed]);
    EXPECT_EQ(child.wait(), 0);
  }
}

// B.
TEST(Futex, LooksAtSeveralWordsAlsoWhereTheKernelCannotWaitOnThem) {
  constexpr long number_of_futex_waitv = 449;
  for (const int error : {EPERM, ENOSYS, EINVAL, EACCES}) {
    EXPECT_EQ(testing::verdict_of_copy([error] {
                testing::refuse_calls({number_of_futex_waitv}, error);
                const FutexWord first{0};
                const FutexWord second{0};
                const std::array<FutexWait, 2> waits{{{&first, 0}, {&second, 0}}};
                // In the end it is the deadline; before it the caller is to look at all words.
                const bool looks = wait_on_any(waits, Deadline()) == FutexEnd::woken;
                const bool ends = wait_on_any(waits, Deadline(Timeout(0s))) == FutexEnd::timed_out;
                const std::array<FutexWait, 1> other{{{&first, 1}}};
                return looks && ends && wait_on_any(other, Deadline()) == FutexEnd::changed ? 0 : 1;
              }),
              0)
        << error;
  }
}

TEST(Futex, WakesNoMoreThanItIsTold) {
  const FutexWord word{0};
  EXPECT_EQ(wake(word, 1), 0);
  std::atomic<int> woken{0};
  std::array<std::thread, 3> threads;
  for (auto& thread : threads) {
    thread = std::thread([&] {
      while (wait_on(word, 0, Deadline(Timeout(testing::very_long))) != FutexEnd::woken) {
      }
      ++woken;
    });
  }
  for (int left = 3; left > 0; --left) {
    EXPECT_TRUE(testing::eventually([&] { return wake(word, 1) == 1; }));
    EXPECT_TRUE(testing::eventually([&] { return woken == 4 - left; }));
  }
  for (auto& thread : threads) {
    thread.join();
  }
}

}  // namespace

}  // namespace progeny::platform
