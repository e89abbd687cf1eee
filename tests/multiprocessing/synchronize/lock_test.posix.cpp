// Lock and RLock while no process dies.

#include "multiprocessing/methods.hpp"
#include "multiprocessing/synchronize/asleep.posix.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/signal_storm.posix.hpp"
#include "support/program/let_pass.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/format.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::testing::ForkedChild;
using progeny::testing::let_pass;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

class Locks : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(Locks);

// The result of a call in another thread.
template <class Call>
auto in_another_thread(Call call) {
  decltype(call()) answer{};
  std::thread([&] { answer = call(); }).join();
  return answer;
}

// MP-103
TEST(Lock, IsAcquiredOnceAndReleasedOnce) {
  mp::Lock lock;
  EXPECT_TRUE(lock.acquire());
  EXPECT_FALSE(lock.acquire(false));
  EXPECT_FALSE(in_another_thread([&] { return lock.acquire(false); }));
  lock.release();
  EXPECT_THROW(lock.release(), progeny::ValueError);
  EXPECT_TRUE(lock.acquire(false));
}

void try_and_tell(mp::Connection& out, mp::Lock lock) {
  out.send(lock.acquire(false));
}

// MP-103, MP-121: a child that ends while it holds a lock.
TEST_P(Locks, ExcludeAnotherProcess) {
  mp::Lock lock;
  lock.acquire();
  EXPECT_FALSE(answer_of<bool>(try_and_tell, lock));
  lock.release();
  EXPECT_TRUE(answer_of<bool>(try_and_tell, lock));
  EXPECT_THROW(lock.acquire(), mp::OwnerDied);
  lock.release();
}

// MP-103: as in Python, any process may release.
TEST_P(Locks, AreReleasedByAnotherProcess) {
  mp::Lock lock;
  lock.acquire();
  EXPECT_EQ(exitcode_of([](mp::Lock theirs) { theirs.release(); }, lock), 0);
  EXPECT_FALSE(lock.locked());
  EXPECT_TRUE(lock.acquire(false));
}

// MP-105
TEST_P(Locks, WaitAsLongAsTheyAreTold) {
  mp::Lock lock;
  mp::RLock recursive;
  lock.acquire();
  recursive.acquire();
  const auto waits = [](mp::Lock theirs, mp::RLock theirs_too) {
    const auto begin = std::chrono::steady_clock::now();
    const bool any = theirs.acquire(false, 100s) || theirs.acquire({.timeout = -1s}) ||
                     theirs.acquire(true, 0s) || theirs_too.acquire(false, 100s) ||
                     theirs_too.acquire(true, -1s);
    const auto middle = std::chrono::steady_clock::now();
    const bool late = theirs.acquire(true, 100ms) || theirs_too.try_lock_for(100ms) ||
                      theirs.try_lock_until(std::chrono::system_clock::now() + 100ms);
    const auto took = std::chrono::steady_clock::now() - middle;
    throw mp::SystemExit(any || late || middle - begin > 10s || took < 290ms ? 1 : 0);
  };
  EXPECT_EQ(exitcode_of(waits, lock, recursive), 0);
}

// MP-106
TEST(RLock, IsReleasedAsOftenAsItWasAcquired) {
  mp::RLock lock;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(lock.acquire());
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(in_another_thread([&] { return lock.acquire(false); }));
    EXPECT_TRUE(in_another_thread([&] {
      try {
        lock.release();
        return false;
      } catch (const progeny::UsageError&) {
        return true;
      }
    }));
    lock.release();
  }
  EXPECT_THROW(lock.release(), progeny::UsageError);
  EXPECT_TRUE(in_another_thread([&] { return lock.acquire(false) && (lock.release(), true); }));
}

// MP-106
TEST_P(Locks, OfTheRecursiveKindBelongToAThread) {
  mp::RLock lock;
  lock.acquire();
  const auto tries = [](mp::RLock theirs) {
    if (theirs.acquire(false)) {
      throw mp::SystemExit(1);
    }
    try {
      theirs.release();
    } catch (const progeny::UsageError&) {
      throw mp::SystemExit(2);
    }
  };
  EXPECT_EQ(exitcode_of(tries, lock), 2);
  lock.release();
}

void hold_twice(mp::Connection& connection, mp::Lock lock, mp::RLock recursive) {
  lock.acquire();
  recursive.acquire();
  recursive.acquire();
  for (int step = 0; step < 3; ++step) {
    connection.send(step);
    static_cast<void>(connection.recv_bytes());
    step == 0 ? lock.release() : recursive.release();
  }
  connection.send(3);
}

// MP-108
TEST_P(Locks, SayToAllWhetherTheyAreLocked) {
  auto [ours, theirs] = mp::Pipe();
  const mp::Lock lock;
  mp::RLock recursive;
  EXPECT_FALSE(lock.locked() || recursive.locked());
  auto process = started(hold_twice, std::move(theirs), lock, recursive);
  for (int step = 0; step <= 3; ++step) {
    ASSERT_TRUE(ours.poll(very_long));
    EXPECT_EQ(ours.recv<int>(), step);
    EXPECT_EQ(lock.locked(), step == 0);
    EXPECT_EQ(in_another_thread([&] { return recursive.locked(); }), step < 3);
    if (step < 3) {
      ours.send_bytes("on");
    }
  }
  EXPECT_TRUE(process.join(very_long));
}

// MP-108
TEST(Locks, ServeTheGuardsOfTheStandardLibrary) {
  mp::Lock first;
  mp::RLock second;
  try {
    const std::scoped_lock both(first, second);
    EXPECT_TRUE(first.locked() && second.locked());
    const std::unique_lock again(second, std::try_to_lock);
    EXPECT_TRUE(again.owns_lock());
    const std::unique_lock never(first, 10ms);
    EXPECT_FALSE(never.owns_lock());
    throw std::runtime_error("out");
  } catch (const std::runtime_error&) {
  }
  EXPECT_FALSE(first.locked() || second.locked());
}

TEST(Locks, ServeTheConditionVariableOfTheStandardLibrary) {
  mp::Lock lock;
  std::condition_variable_any changed;
  bool is_done = false;
  std::thread other([&] {
    const std::scoped_lock guard(lock);
    is_done = true;
    changed.notify_one();
  });
  {
    std::unique_lock guard(lock);
    changed.wait(guard, [&] { return is_done; });
    EXPECT_TRUE(lock.locked());
  }
  other.join();
}

// MP-109
TEST(Locks, NameTheirOwner) {
  mp::Lock lock;
  mp::RLock recursive;
  EXPECT_EQ(to_string(lock), "<Lock(owner=None)>");
  EXPECT_EQ(to_string(recursive), "<RLock(None, 0)>");
  lock.acquire();
  recursive.acquire();
  recursive.acquire();
  EXPECT_EQ(fmt::format("{}", lock), "<Lock(owner=MainProcess)>");
  EXPECT_EQ(fmt::format("{}", recursive), "<RLock(MainProcess, 2)>");
  EXPECT_EQ(in_another_thread([&] { return to_string(lock) + to_string(recursive); }),
            "<Lock(owner=SomeOtherThread)><RLock(SomeOtherThread, nonzero)>");
  lock.release();
  EXPECT_TRUE(in_another_thread([&] {
    lock.acquire();
    return to_string(lock).starts_with("<Lock(owner=MainProcess|Thread-");
  }));
}

void tell_names(mp::Connection& out, mp::Lock lock, mp::RLock recursive, mp::Lock own) {
  own.acquire();
  out.send(to_string(lock) + to_string(recursive) + to_string(own));
  own.release();
}

// MP-109
TEST_P(Locks, NameNoOtherProcess) {
  mp::Lock lock;
  mp::RLock recursive;
  lock.acquire();
  recursive.acquire();
  EXPECT_NE(answer_of<std::string>(tell_names, lock, recursive, mp::Lock())
                .find("<Lock(owner=SomeOtherProcess)><RLock(SomeOtherProcess, nonzero)>"
                      "<Lock(owner="),
            std::string::npos);
}

// MP-119
TEST(Locks, AreNotInterruptedBySignals) {
  mp::Lock lock;
  lock.acquire();
  ForkedChild child([&] {
    const progeny::testing::SignalStorm storm;
    if (lock.acquire(true, 300ms)) {
      return 1;
    }
    return lock.acquire() ? (lock.release(), 0) : 2;
  });
  EXPECT_TRUE(progeny::testing::await_sleep(child.pid()));
  let_pass(400ms);  // Signals arrive during this time.
  lock.release();
  EXPECT_EQ(child.wait(), 0);
}

void receive_and_lock(mp::Connection& connection) {
  auto lock = connection.recv<mp::Lock>();
  connection.send(lock.acquire(false));
}

// MP-012: locks also travel over a connection.
TEST_P(Locks, TravelOverALocalConnection) {
  auto [ours, theirs] = mp::Pipe();
  mp::Lock lock;
  lock.acquire();
  auto process = started(receive_and_lock, std::move(theirs));
  ours.send(lock);
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_FALSE(ours.recv<bool>());
  EXPECT_TRUE(process.join(very_long));
}

// The witness is 0 while a process holds the lock, otherwise 1.
void take_turns(mp::Lock lock, mp::Semaphore witness) {
  for (int i = 0; i < 3000; ++i) {
    const std::scoped_lock guard(lock);
    if (!witness.try_acquire()) {
      throw std::logic_error("two have the lock");
    }
    witness.release();
  }
}

// MP-103
TEST_P(Locks, AreHeldByOneAtATime) {
  const mp::Lock lock;
  const mp::Semaphore witness(1);
  std::vector<mp::Process> processes;
  for (int i = 0; i < 4; ++i) {
    processes.push_back(started(take_turns, lock, witness));
  }
  for (auto& process : processes) {
    EXPECT_TRUE(process.join(very_long));
    EXPECT_EQ(process.exitcode(), 0);
  }
  EXPECT_EQ(witness.get_value(), 1);
}

}  // namespace
