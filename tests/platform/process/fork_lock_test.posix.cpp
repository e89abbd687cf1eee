#include "platform/process/fork_lock.hpp"
#include "support/children/process_copy.posix.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <mutex>
#include <thread>

namespace progeny::platform {

namespace {

TEST(ForkLock, IsHeldByOneThreadAtATime) {
  ForkLock lock;
  int count = 0;  // Not atomic: the lock guards it.
  std::array<std::thread, 4> threads;
  for (auto& thread : threads) {
    thread = std::thread([&] {
      for (int time = 0; time < 10'000; ++time) {
        const std::lock_guard guard(lock);
        ++count;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(count, 40'000);
}

TEST(ForkLock, KeepsOthersOutUntilItIsUnlocked) {
  ForkLock lock;
  std::atomic<bool> entered{false};
  std::promise<void> started;
  lock.lock();
  std::thread other([&] {
    started.set_value();
    const std::lock_guard guard(lock);
    entered = true;
  });
  started.get_future().wait();
  EXPECT_FALSE(entered);
  lock.unlock();
  other.join();
  EXPECT_TRUE(entered);
}

TEST(ForkLock, IsFreeInACopyAlthoughItWasHeld) {
  ForkLock lock;
  lock.lock();
  EXPECT_EQ(testing::verdict_of_copy([&] {
              lock.lock();
              lock.unlock();
              lock.lock();
              return 0;
            }),
            0);
  lock.unlock();
}

TEST(ForkLock, HeldByAnotherThreadIsFreeInACopy) {
  ForkLock lock;
  std::promise<void> held;
  std::promise<void> end;
  std::thread holder([&] {
    const std::lock_guard guard(lock);
    held.set_value();
    end.get_future().wait();
  });
  held.get_future().wait();
  EXPECT_EQ(testing::verdict_of_copy([&] {
              const std::lock_guard guard(lock);
              return 0;
            }),
            0);
  end.set_value();
  holder.join();
}

TEST(ForkLock, ExcludesThreadsInACopyToo) {
  ForkLock lock;
  lock.lock();
  EXPECT_EQ(testing::verdict_of_copy([&] {
              lock.lock();
              std::atomic<bool> entered{false};
              std::thread other([&] {
                const std::lock_guard guard(lock);
                entered = true;
              });
              std::this_thread::yield();
              const bool was_out = !entered;
              lock.unlock();
              other.join();
              return was_out && entered ? 0 : 1;
            }),
            0);
  lock.unlock();
}

}  // namespace

}  // namespace progeny::platform
