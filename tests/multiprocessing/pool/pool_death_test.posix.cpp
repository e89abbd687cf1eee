// Workers that die: only the call in their hands is lost.

#include "multiprocessing/pool/pools.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/pool.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>
#include <progeny/multiprocessing/synchronize/event.hpp>
#include <progeny/serial.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using progeny::testing::numbers;
using progeny::testing::square;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

int die(int signal) {
  ::kill(::getpid(), signal);
  return 0;
}
int leave(int code) {
  std::exit(code);
}
int throw_exit(int code) {
  throw mp::SystemExit(code);
}
int die_at_37(int x) {
  return x == 37 ? die(SIGKILL) : square(x);
}
/// What an initializer leaves for the calls of its worker.
std::optional<mp::Value<int>> kept_calls;
void keep_calls(const mp::Value<int>& calls) {
  kept_calls = calls;
}
/// Dies until all workers together have been called so often.
int die_unless(int enough) {
  const int count = ++**kept_calls;
  return count < enough ? die(SIGKILL) : count;
}
int pid_after(mp::Event& begun, mp::Event& event) {
  begun.set();
  event.wait();
  return ::getpid();
}

template <class Kind>
class PoolDeath : public progeny::testing::PoolTest {};
TYPED_TEST_SUITE(PoolDeath, progeny::testing::ProcessPools, progeny::testing::NameOfPool);

// MP-251
TYPED_TEST(PoolDeath, AKilledWorkerLosesOnlyItsCall) {
  auto pool = TypeParam::make({.processes = 2});
  std::vector<mp::AsyncResult<int>> results;
  for (int n = 0; n < 100; ++n) {
    results.push_back(n == 50 ? pool.apply_async({.name = "poison"}, die, SIGKILL)
                              : pool.apply_async(square, n));
  }
  for (int n = 0; n < 100; ++n) {
    const auto& result = results[static_cast<std::size_t>(n)];
    if (n != 50) {
      EXPECT_EQ(result.get(very_long), n * n);
      continue;
    }
    try {
      result.get(very_long);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const mp::WorkerLost& lost) {
      EXPECT_EQ(lost.signal(), SIGKILL);
      EXPECT_EQ(lost.exitcode(), -SIGKILL);
      EXPECT_EQ(lost.task(), "poison");
      EXPECT_EQ(lost.attempts().size(), 1U);
      EXPECT_NE(std::string(lost.what()).find("signal 9"), std::string::npos) << lost.what();
    }
  }
  EXPECT_EQ(pool.map(square, numbers(10)).back(), 81);
}

// MP-251
TYPED_TEST(PoolDeath, ACallThatEndsTheProcess) {
  auto pool = TypeParam::make({.processes = 1});
  for (const auto call : {leave, throw_exit}) {
    const auto result = pool.apply_async(call, 3);
    try {
      result.get(very_long);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const mp::WorkerLost& lost) {
      EXPECT_EQ(lost.exitcode(), 3);
      EXPECT_EQ(lost.signal(), 0);
    }
  }
  EXPECT_EQ(pool.apply(square, 3), 9);
}

TYPED_TEST(PoolDeath, AMapTellsTheItem) {
  auto pool = TypeParam::make({.processes = 2});
  try {
    pool.map(die_at_37, numbers(100), {.chunksize = 10});
    ADD_FAILURE() << "nothing was thrown";
  } catch (const mp::WorkerLost& lost) {
    EXPECT_EQ(lost.index(), 37U);
  }
  auto results = pool.imap(die_at_37, numbers(100));
  for (int n = 0; n < 100; ++n) {
    if (n == 37) {
      EXPECT_THROW(static_cast<void>(results.next(very_long)), mp::WorkerLost);
    } else {
      EXPECT_EQ(results.next(very_long), n * n);
    }
  }
}

// MP-252
TYPED_TEST(PoolDeath, AnIdleWorkerThatIsKilledIsReplaced) {
  auto pool = TypeParam::make({.processes = 2});
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(pool.map(square, numbers(4)).back(), 9);
    for (const int pid : pool.pids()) {
      ::kill(pid, SIGKILL);
    }
  }
  EXPECT_EQ(pool.map(square, numbers(4)).back(), 9);
  pool.close();
  pool.join();
}

// What waits behind the lost call is run by others.
TYPED_TEST(PoolDeath, WaitingCallsAreNotLost) {
  mp::Event begun;
  mp::Event event;
  auto pool = TypeParam::make({.processes = 1});
  const auto blocked = pool.apply_async(pid_after, begun, event);
  ASSERT_TRUE(begun.wait(very_long));
  std::vector<mp::AsyncResult<int>> results;
  for (int n = 0; n < 300; ++n) {
    results.push_back(pool.apply_async(square, n));
  }
  ::kill(pool.pids().front(), SIGKILL);
  EXPECT_THROW(blocked.get(very_long), mp::WorkerLost);
  for (int n = 0; n < 300; ++n) {
    EXPECT_EQ(results[static_cast<std::size_t>(n)].get(very_long), n * n);
  }
}

// A slow worker gives back what it has not begun; one that is stopped, too.
TYPED_TEST(PoolDeath, WaitingCallsLeaveASlowWorker) {
  mp::Event event;
  mp::Event begun;
  auto pool = TypeParam::make({.processes = 2});
  const auto slow = pool.apply_async(pid_after, begun, event);
  ASSERT_TRUE(begun.wait(very_long));
  std::vector<mp::AsyncResult<int>> results;
  for (int n = 0; n < 100; ++n) {
    results.push_back(pool.apply_async(square, n));
  }
  for (int n = 0; n < 100; ++n) {
    EXPECT_EQ(results[static_cast<std::size_t>(n)].get(very_long), n * n);
  }
  EXPECT_FALSE(slow.ready());
  event.set();
  const int pid = slow.get(very_long);
  ::kill(pid, SIGSTOP);
  EXPECT_EQ(pool.map_async(square, numbers(100), {.chunksize = 1, .retries = 9}).wait(0ms), false);
  ::kill(pid, SIGKILL);
  EXPECT_EQ(pool.map(square, numbers(100), {.retries = 9}).back(), 99 * 99);
}

TYPED_TEST(PoolDeath, RetriesRunACallAgain) {
  mp::Value<int> calls(0);
  auto pool = TypeParam::make({.processes = 2, .initializer = {keep_calls, calls}});
  EXPECT_EQ(pool.apply_async({.retries = 5}, die_unless, 3).get(very_long), 3);
}

TYPED_TEST(PoolDeath, APoisonedCallStopsAfterItsRetries) {
  auto pool = TypeParam::make({.processes = 2});
  const auto result = pool.apply_async({.retries = 2, .name = "poison"}, die, SIGABRT);
  try {
    result.get(very_long);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const mp::WorkerLost& lost) {
    ASSERT_EQ(lost.attempts().size(), 3U);
    EXPECT_NE(lost.attempts()[0].pid, lost.attempts()[2].pid);
    EXPECT_EQ(lost.attempts()[0].exitcode, -SIGABRT);
  }
}

}  // namespace
