#include "multiprocessing/methods.hpp"
#include "multiprocessing/synchronize/asleep.posix.hpp"
#include "multiprocessing/synchronize/conditions.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/signal_storm.posix.hpp"
#include "support/program/let_pass.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/format.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <fmt/format.h>

#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using progeny::UsageError;
using progeny::testing::await_waiting;
using progeny::testing::await_woken;
using progeny::testing::ForkedChild;
using progeny::testing::let_pass;
using progeny::testing::notify;
using progeny::testing::very_long;
using progeny::testing::wait_and_count;
namespace mp = progeny::multiprocessing;

class Conditions : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(Conditions);

// MP-112
TEST(Condition, NeedsItsLock) {
  mp::Lock lock;
  const mp::RLock recursive;
  std::vector<mp::Condition> conditions{
      mp::Condition(), mp::Condition(lock), mp::Condition(recursive)};
  for (auto& condition : conditions) {
    EXPECT_THROW(condition.wait(0s), UsageError);
    EXPECT_THROW(condition.notify(), UsageError);
    EXPECT_THROW(condition.notify_all(), UsageError);
    condition.acquire();
    std::thread([&] { EXPECT_THROW(condition.notify(), UsageError); }).join();
    condition.notify();
    condition.release();
  }
  conditions[1].acquire();
  EXPECT_TRUE(lock.locked());
  lock.release();
  EXPECT_FALSE(recursive.locked());
}

// MP-113
TEST_P(Conditions, NotifyOneOfAProcessAndAThread) {
  mp::Condition condition;
  mp::Semaphore woken(0);
  auto process = started(wait_and_count, condition, woken);
  EXPECT_TRUE(await_waiting(condition, 1));
  std::thread thread([&] { wait_and_count(condition, woken); });
  EXPECT_TRUE(await_waiting(condition, 2));
  EXPECT_EQ(woken.get_value(), 0);
  notify(condition, 1);
  EXPECT_TRUE(await_woken(woken, 1));
  EXPECT_TRUE(process.join(very_long)) << "the longest-waiting waiter is first";
  EXPECT_TRUE(await_waiting(condition, 1));
  EXPECT_EQ(woken.get_value(), 1);
  notify(condition, 1);
  thread.join();
  EXPECT_EQ(woken.get_value(), 2);
}

// MP-115
TEST_P(Conditions, NotifyAsManyAsTheyAreTold) {
  mp::Condition condition;
  mp::Semaphore woken(0);
  std::vector<mp::Process> processes;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    processes.push_back(started(wait_and_count, condition, woken));
    threads.emplace_back([&] { wait_and_count(condition, woken); });
  }
  EXPECT_TRUE(await_waiting(condition, 6));
  notify(condition, 0);
  notify(condition, -1);
  EXPECT_TRUE(await_waiting(condition, 6));
  notify(condition, 2);
  EXPECT_TRUE(await_waiting(condition, 4));
  EXPECT_TRUE(await_woken(woken, 2));
  notify(condition, 4);
  EXPECT_TRUE(await_woken(woken, 6));
  for (auto& process : processes) {
    EXPECT_TRUE(process.join(very_long));
  }
  for (auto& thread : threads) {
    thread.join();
  }
  notify(condition, 3);
  const std::scoped_lock guard(condition);
  EXPECT_FALSE(condition.wait(0s)) << "later waiters do not see a notification";
}

// MP-115
TEST(Condition, NotifiesAll) {
  mp::Condition condition;
  mp::Semaphore woken(0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&] { wait_and_count(condition, woken); });
  }
  EXPECT_TRUE(await_waiting(condition, 5));
  {
    const std::scoped_lock guard(condition);
    condition.notify_all();
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(woken.get_value(), 5);
}

// MP-116
TEST(Condition, HasItsLockAgainAfterAWaitInVain) {
  const mp::RLock lock;
  mp::Condition condition(lock);
  condition.acquire();
  condition.acquire();
  condition.acquire();
  EXPECT_FALSE(condition.wait(0s));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(condition.wait(100ms));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 100ms);
  EXPECT_EQ(to_string(lock), "<RLock(MainProcess, 3)>");
  EXPECT_EQ(to_string(condition), "<Condition(<RLock(MainProcess, 3)>, 0)>");
}

// MP-116: the other process gets the lock, although it was acquired twice.
TEST_P(Conditions, FreeARecursiveLockFully) {
  mp::Condition condition;
  condition.acquire();
  condition.acquire();
  auto process = started([](mp::Condition theirs) { notify(theirs, 1); }, condition);
  EXPECT_TRUE(condition.wait(very_long));
  condition.release();
  condition.notify();
  condition.release();
  EXPECT_THROW(condition.release(), UsageError);
  EXPECT_TRUE(process.join(very_long));
}

void count_to_four(mp::Condition condition, mp::Semaphore state) {
  const std::scoped_lock guard(condition);
  state.release();
  condition.notify();
  const bool is_four = condition.wait_for([&] { return state.get_value() == 5; }, very_long);
  throw mp::SystemExit(is_four ? 0 : 1);
}

// MP-117
TEST_P(Conditions, WaitForAPredicate) {
  mp::Condition condition;
  mp::Semaphore state(0);
  auto process = started(count_to_four, condition, state);
  for (int step = 1; step <= 4; ++step) {
    const std::scoped_lock guard(condition);
    EXPECT_TRUE(condition.wait_for([&] { return state.get_value() >= step; }, very_long));
    state.release();
    condition.notify();
  }
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
  const std::scoped_lock guard(condition);
  EXPECT_EQ(condition.wait_for([] { return 7; }, 0s), 7);
  EXPECT_EQ(condition.wait_for([] { return 0; }, 50ms), 0);
}

// MP-119
TEST(Condition, IsNotEndedBySignals) {
  mp::Condition condition;
  ForkedChild child([&] {
    const progeny::testing::SignalStorm storm;
    const std::scoped_lock guard(condition);
    const bool early = condition.wait(300ms);
    return !early && condition.wait(very_long) ? 0 : 1;
  });
  EXPECT_TRUE(await_waiting(condition, 1));
  let_pass(400ms);  // Signals arrive during this time.
  EXPECT_TRUE(await_waiting(condition, 1));
  notify(condition, 1);
  EXPECT_EQ(child.wait(), 0);
}

// MP-109
TEST(Condition, ShowsItsLock) {
  const mp::Lock lock;
  EXPECT_EQ(fmt::format("{}", mp::Condition()), "<Condition(<RLock(None, 0)>, 0)>");
  EXPECT_EQ(fmt::format("{}", mp::Condition(lock)), "<Condition(<Lock(owner=None)>, 0)>");
}

// MP-120
TEST_P(Conditions, DoNotWaitForDeadWaiters) {
  mp::Condition condition;
  const mp::Semaphore woken(0);
  auto doomed = started(wait_and_count, condition, woken);
  EXPECT_TRUE(await_waiting(condition, 1));
  auto alive = started(wait_and_count, condition, woken);
  EXPECT_TRUE(await_waiting(condition, 2));
  doomed.kill();
  EXPECT_TRUE(doomed.join(very_long));
  EXPECT_TRUE(await_waiting(condition, 1));
  notify(condition, 1);
  EXPECT_TRUE(alive.join(very_long));
  EXPECT_EQ(woken.get_value(), 1);
  notify(condition, 1);
}

// MP-120: the waiter is notified, but is killed before it gets the lock.
TEST(Condition, PassesOnWhatADeadWaiterWasTold) {
  mp::Condition condition;
  mp::Semaphore woken(0);
  const ForkedChild doomed([&] { return wait_and_count(condition, woken), 0; });
  EXPECT_TRUE(await_waiting(condition, 1));
  ForkedChild alive([&] { return wait_and_count(condition, woken), 0; });
  EXPECT_TRUE(await_waiting(condition, 2));
  condition.acquire();
  condition.notify();
  EXPECT_TRUE(await_waiting(condition, 1));
  doomed.kill();
  condition.release();
  EXPECT_EQ(alive.wait(), 0);
  EXPECT_EQ(woken.get_value(), 1);
}

// MP-121
TEST(Condition, TellsThatTheLastOwnerHasDied) {
  mp::Condition condition;
  const std::scoped_lock guard(condition);
  ForkedChild owner([&] {
    condition.acquire();
    condition.notify();
    return 0;
  });
  bool owner_died = false;
  EXPECT_TRUE(condition.wait(very_long, &owner_died));
  EXPECT_TRUE(owner_died);
  EXPECT_EQ(owner.wait(), 0);
  const ForkedChild another([&] {
    condition.acquire();
    condition.notify();
    return 0;
  });
  EXPECT_THROW(condition.wait(very_long), mp::OwnerDied);
}

// More waiters than entries: each is notified.
TEST(Condition, HasRoomForACrowd) {
  constexpr int many = 300;
  mp::Condition condition;
  mp::Semaphore woken(0);
  mp::Semaphore begun(0);
  std::vector<std::thread> threads;
  threads.reserve(many);
  for (int i = 0; i < many; ++i) {
    threads.emplace_back([&] {
      const std::scoped_lock guard(condition);
      begun.release();
      if (condition.wait(very_long)) {
        woken.release();
      }
    });
  }
  EXPECT_TRUE(await_woken(begun, many));
  {
    const std::scoped_lock guard(condition);
    condition.notify_all();
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(woken.get_value(), many);
  EXPECT_TRUE(to_string(condition).ends_with(", 0)>"));
}

}  // namespace
