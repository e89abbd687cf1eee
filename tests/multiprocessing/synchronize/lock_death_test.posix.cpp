// Lock and RLock when their owner or a waiter dies.

#include "multiprocessing/methods.hpp"
#include "multiprocessing/synchronize/asleep.posix.hpp"
#include "support/children/forked_child.posix.hpp"

#include <progeny/multiprocessing/synchronize.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using progeny::testing::await_sleep;
using progeny::testing::ForkedChild;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

class DeadOwners : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(DeadOwners);

template <class AnyLock>
void acquire_and_die(mp::Connection& connection, AnyLock lock, const std::string& how) {
  lock.acquire();
  connection.send_bytes("mine");
  if (how == "kill") {
    ::raise(SIGKILL);
  } else if (how == "exec") {
    ::execl("/bin/true", "true", nullptr);
  } else if (how == "_exit") {
    ::_exit(0);
  } else if (how == "throw") {
    throw mp::SystemExit(0);
  }
}

// MP-121
TEST_P(DeadOwners, LeaveTheLockAndTheNews) {
  for (const char* const how : {"kill", "exec", "_exit", "throw", "return"}) {
    auto [ours, theirs] = mp::Pipe();
    mp::Lock lock;
    auto process = started(acquire_and_die<mp::Lock>, std::move(theirs), lock, std::string(how));
    EXPECT_EQ(ours.recv_bytes(), "mine") << how;
    EXPECT_THROW(lock.acquire(true, very_long), mp::OwnerDied) << how;
    EXPECT_FALSE(lock.acquire(false)) << how;
    lock.release();
    EXPECT_TRUE(lock.acquire(false)) << "a death is reported once: " << how;
    EXPECT_TRUE(process.join(very_long));
  }
}

// MP-121
TEST_P(DeadOwners, LeaveARecursiveLockAtDepthOne) {
  auto [ours, theirs] = mp::Pipe();
  mp::RLock lock;
  auto process = started(acquire_and_die<mp::RLock>, std::move(theirs), lock, std::string("kill"));
  EXPECT_TRUE(process.join(very_long));
  bool owner_died = false;
  EXPECT_TRUE(lock.acquire({.timeout = 0s, .owner_died = &owner_died}));
  EXPECT_TRUE(owner_died);
  EXPECT_EQ(to_string(lock), "<RLock(MainProcess, 1)>");
  EXPECT_TRUE(lock.acquire({.owner_died = &owner_died}));
  EXPECT_FALSE(owner_died);
  lock.release();
  lock.release();
  EXPECT_FALSE(lock.locked());
}

// MP-121
TEST(DeadOwners, LeaveTheLockFreeForGuards) {
  mp::Lock lock;
  ForkedChild child([&] { return lock.acquire() ? 0 : 1; });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_THROW(const std::scoped_lock guard(lock), mp::OwnerDied);
  EXPECT_FALSE(lock.locked());
  const std::scoped_lock guard(lock);
}

// MP-121: the kernel wakes a waiter at once. Looking alone would take a quarter of a second.
TEST(DeadOwners, AreKnownAtOnceToWhoWaits) {
  std::vector<std::chrono::nanoseconds> took;
  for (int round = 0; round < 7; ++round) {
    mp::Lock lock;
    mp::Event has_it;
    const ForkedChild owner([&] {
      lock.acquire();
      has_it.set();
      return ::pause();
    });
    ASSERT_TRUE(has_it.wait(very_long));
    std::chrono::steady_clock::time_point killed;
    std::thread killer([&] {
      EXPECT_TRUE(await_sleep(::getpid()));
      killed = std::chrono::steady_clock::now();
      owner.kill();
    });
    bool owner_died = false;
    EXPECT_TRUE(lock.acquire({.timeout = very_long, .owner_died = &owner_died}));
    const auto acquired = std::chrono::steady_clock::now();
    killer.join();
    EXPECT_TRUE(owner_died);
    took.push_back(acquired - killed);
  }
  EXPECT_LT(*std::ranges::min_element(took), 20ms);
}

// The exit code of each of many waiters: 1 if it learned of a death.
int wait_in_line(mp::Lock lock) {
  bool owner_died = false;
  if (!lock.acquire({.timeout = very_long, .owner_died = &owner_died})) {
    return 2;
  }
  lock.release();
  return owner_died ? 1 : 0;
}

// MP-121
TEST(DeadOwners, TellOneOfManyWaiters) {
  mp::Lock lock;
  mp::Event has_it;
  const ForkedChild owner([&] {
    lock.acquire();
    has_it.set();
    return ::pause();
  });
  ASSERT_TRUE(has_it.wait(very_long));
  std::deque<ForkedChild> waiters;
  for (int i = 0; i < 8; ++i) {
    waiters.emplace_back([&] { return wait_in_line(lock); });
  }
  for (const auto& waiter : waiters) {
    EXPECT_TRUE(await_sleep(waiter.pid()));
  }
  owner.kill();
  int told = 0;
  for (auto& waiter : waiters) {
    const int end = waiter.wait();
    EXPECT_LT(end, 2);
    told += end;
  }
  EXPECT_EQ(told, 1);
}

// MP-121: the waiter that would be woken next may be dead.
TEST(DeadWaiters, HoldNobodyUp) {
  mp::Lock lock;
  lock.acquire();
  std::deque<ForkedChild> doomed;
  std::deque<ForkedChild> others;
  for (int i = 0; i < 4; ++i) {
    doomed.emplace_back([&] { return wait_in_line(lock); });
    others.emplace_back([&] { return wait_in_line(lock); });
  }
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(await_sleep(doomed[static_cast<std::size_t>(i)].pid()));
    EXPECT_TRUE(await_sleep(others[static_cast<std::size_t>(i)].pid()));
  }
  for (auto& each : doomed) {
    each.kill();
  }
  const auto begin = std::chrono::steady_clock::now();
  lock.release();
  for (auto& each : others) {
    EXPECT_LT(each.wait(), 2);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

// MP-121: a dead member's place is given to another process, under another number.
TEST(DeadOwners, AreNotTakenForWhoHasTheirPlaceNow) {
  mp::Lock lock;
  for (int generation = 0; generation < 100; ++generation) {
    ForkedChild owner([&] {
      bool owner_died = false;
      return lock.acquire({.timeout = very_long, .owner_died = &owner_died}) ? owner_died : 2;
    });
    EXPECT_EQ(owner.wait(), generation == 0 ? 0 : 1);
  }
}

// A process that has dropped its last object of the family counts as dead, so its locks are free
// for others. Its main thread must not touch the memory that was unmapped.
void drop_locks(mp::Connection& connection) {
  for (int i = 0; i < 3; ++i) {
    auto lock = connection.recv<mp::Lock>();
    lock.acquire();
  }
  mp::Lock own;
  own.acquire();
  std::thread([&connection] {
    auto lock = connection.recv<mp::Lock>();
    lock.acquire();
  }).join();
  own.release();
  connection.send_bytes("dropped");
  static_cast<void>(connection.recv_bytes());
}

// MP-121
TEST_P(DeadOwners, AreAlsoThoseWhoHaveDroppedTheLock) {
  auto [ours, theirs] = mp::Pipe();
  std::vector<mp::Lock> locks(4);
  auto process = started(drop_locks, std::move(theirs));
  for (const auto& lock : locks) {
    ours.send(lock);
  }
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(ours.recv_bytes(), "dropped");
  for (auto& lock : locks) {
    bool owner_died =
        GetParam() != "fork";  // A forked child has the family's objects, as its parent has.
    if (GetParam() == "fork") {
      EXPECT_FALSE(lock.acquire(false));
    } else {
      EXPECT_TRUE(lock.acquire({.timeout = very_long, .owner_died = &owner_died}));
      EXPECT_TRUE(owner_died);
    }
  }
  ours.send_bytes("end");
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 0);
}

}  // namespace
