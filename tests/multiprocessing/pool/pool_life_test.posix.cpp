// The life of a pool: its options, its end, and what becomes of its workers.

#include "multiprocessing/pool/pools.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/pool.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>
#include <progeny/multiprocessing/synchronize/event.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using progeny::testing::numbers;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

template <class Kind>
class PoolLife : public progeny::testing::PoolTest {};
TYPED_TEST_SUITE(PoolLife, progeny::testing::AllPools, progeny::testing::NameOfPool);

template <class Kind>
class PoolProcesses : public progeny::testing::PoolTest {};
TYPED_TEST_SUITE(PoolProcesses, progeny::testing::ProcessPools, progeny::testing::NameOfPool);

std::int64_t long_square(std::int64_t x) {
  return x * x;
}
int own_pid(int /*item*/) {
  return ::getpid();
}
std::string own_name() {
  return mp::current_process().name();
}
bool is_daemon() {
  return mp::current_process().daemon();
}
int wait_for(mp::Event& event, int value) {
  event.wait();
  return value;
}
/// What an initializer leaves for the calls of its worker.
std::optional<mp::Event> kept_event;
void keep_event(const mp::Event& event) {
  static std::mutex mutex;  // Threads share it.
  const std::lock_guard lock(mutex);
  if (!kept_event) {
    kept_event = event;
  }
}
int wait_for_kept(int value) {
  kept_event->wait();
  return value;
}
void count_up(mp::Value<int>& counter) {
  const auto lock = counter.get_lock();
  ++*counter;
}
void throw_at_start(const std::string& text) {
  throw std::domain_error(text);
}

// MP-253
TYPED_TEST(PoolLife, RefusesOptionsOutOfRange) {
  EXPECT_THROW(TypeParam::make({.processes = 0}), progeny::ValueError);
  EXPECT_THROW(TypeParam::make({.processes = -1}), progeny::ValueError);
  EXPECT_THROW(TypeParam::make({.maxtasksperchild = 0}), progeny::ValueError);
  EXPECT_THROW(TypeParam::make({.maxtasksperchild = -1}), progeny::ValueError);
  EXPECT_EQ(TypeParam::make({.processes = 3}).size(), 3U);
}

// MP-253
TYPED_TEST(PoolProcesses, WorkersAreDaemonsWithAName) {
  auto pool = TypeParam::make({.processes = 3});
  EXPECT_EQ(pool.pids().size(), 3U);
  EXPECT_NE(pool.apply(own_name).find("PoolWorker-"), std::string::npos);
  EXPECT_TRUE(pool.apply(is_daemon));
  EXPECT_EQ(to_string(pool), "<Pool state=RUN pool_size=3>");
}

// MP-254
TYPED_TEST(PoolLife, TheInitializerRunsOnceInEachWorker) {
  mp::Value<int> counter(0);
  {
    auto pool = TypeParam::make({.processes = 1, .initializer = {count_up, counter}});
    EXPECT_EQ(pool.apply(long_square, 2), 4);
    EXPECT_EQ(pool.apply(long_square, 3), 9);
  }
  EXPECT_EQ(*counter, 1);
}

// MP-255
TYPED_TEST(PoolLife, AThrowingInitializerFailsTheCalls) {
  auto pool = TypeParam::make({.processes = 2, .initializer = {throw_at_start, "no database"}});
  EXPECT_THROW(pool.apply_async(long_square, 2).get(very_long), std::domain_error);
  EXPECT_THROW(pool.map(long_square, numbers(100)), std::domain_error);
  pool.close();
  pool.join();
}

TYPED_TEST(PoolLife, WorkersAreReplacedAfterSoManyTasks) {
  auto pool = TypeParam::make({.processes = 2, .maxtasksperchild = 3});
  std::vector<mp::AsyncResult<std::int64_t>> results;
  for (int n = 0; n < 50; ++n) {
    results.push_back(pool.apply_async(long_square, n));
  }
  for (int n = 0; n < 50; ++n) {
    EXPECT_EQ(results[static_cast<std::size_t>(n)].get(very_long), n * n);
  }
  if constexpr (TypeParam::process_based) {
    const auto pids = pool.map(own_pid, numbers(30), {.chunksize = 1});
    EXPECT_GE(std::set(pids.begin(), pids.end()).size(), 10U);
  }
  pool.close();
  pool.join();
}

// MP-240
TYPED_TEST(PoolLife, ATimeoutLeavesTheCallRunning) {
  auto pool = TypeParam::make({.processes = 2});
  mp::Event event;
  const auto result = pool.apply_async(wait_for, event, 5);
  EXPECT_THROW(result.get(1ms), mp::TimeoutError);
  EXPECT_THROW(result.get(0ms), mp::TimeoutError);
  EXPECT_FALSE(result.wait(1ms));
  EXPECT_FALSE(result.ready());
  EXPECT_THROW(static_cast<void>(result.successful()), progeny::ValueError);
  event.set();
  EXPECT_EQ(result.get(very_long), 5);
  EXPECT_EQ(result.get(), 5);
  EXPECT_TRUE(result.successful());
}

// MP-258
TYPED_TEST(PoolLife, CloseCompletesWhatWasTaken) {
  auto pool = TypeParam::make({.processes = 2});
  EXPECT_THROW(pool.join(), progeny::ValueError);
  mp::Event event;
  const auto waiting = pool.apply_async(wait_for, event, 5);
  const auto all = pool.map_async(long_square, numbers(1000), {.chunksize = 1});
  pool.close();
  pool.close();
  EXPECT_THROW(pool.apply(long_square, 1), progeny::ValueError);
  EXPECT_THROW(pool.map(long_square, numbers(2)), progeny::ValueError);
  EXPECT_THROW(static_cast<void>(pool.imap(long_square, numbers(2))), progeny::ValueError);
  event.set();
  pool.join();
  pool.join();
  EXPECT_TRUE(waiting.ready());
  EXPECT_TRUE(all.ready());
  EXPECT_EQ(waiting.get(), 5);
  EXPECT_EQ(all.get().back(), 999 * 999);
}

// MP-258: nobody waits for the results of a pool that is closed, and its callbacks run.
TYPED_TEST(PoolLife, CallbacksRunThoughNobodyWaits) {
  auto pool = TypeParam::make({.processes = 2});
  std::atomic<int> sum{0};
  for (int n = 0; n < 1000; ++n) {
    static_cast<void>(pool.apply_async(
        {.callback = [&](std::int64_t value) { sum += static_cast<int>(value); }}, long_square, 1));
  }
  pool.close();
  pool.join();
  EXPECT_EQ(sum, 1000);
}

// MP-259, MP-260
TYPED_TEST(PoolLife, TerminateFailsWhatIsNotReady) {
  mp::Event event;
  auto pool = TypeParam::make({.processes = 2, .initializer = {keep_event, event}});
  std::vector<mp::AsyncResult<int>> results;
  for (int n = 0; n < 10000; ++n) {
    results.push_back(pool.apply_async(wait_for_kept, n));
  }
  pool.terminate();
  EXPECT_THROW(results.front().get(very_long), mp::PoolTerminated);
  EXPECT_THROW(results.back().get(very_long), mp::PoolTerminated);
  event.set();
  pool.join();
  pool.terminate();
  EXPECT_THROW(pool.apply(long_square, 1), progeny::ValueError);
  kept_event.reset();
}

// MP-261
TYPED_TEST(PoolLife, TheDestructorTerminates) {
  mp::Event event;
  std::vector<mp::AsyncResult<int>> results;
  {
    auto pool = TypeParam::make({.processes = 2});
    for (int n = 0; n < 4; ++n) {
      results.push_back(pool.apply_async(wait_for, event, n));
    }
    if constexpr (!TypeParam::process_based) {
      event.set();  // Threads end after their call.
    }
  }
  for (const auto& result : results) {
    EXPECT_TRUE(result.ready());
  }
}

// MP-259: a worker that is stopped cannot be terminated, only killed.
TYPED_TEST(PoolProcesses, TerminateEndsStoppedWorkers) {
  auto pool = TypeParam::make({.processes = 2});
  pool.map(own_pid, numbers(10));
  for (const int pid : pool.pids()) {
    ::kill(pid, SIGSTOP);
  }
  pool.terminate();
  pool.join();
  EXPECT_TRUE(pool.pids().empty());
}

// MP-264
TYPED_TEST(PoolLife, KeepsNeitherArgumentsNorResults) {
  auto pool = mp::pool::ThreadPool(1);
  const auto kept = std::make_shared<int>(3);
  EXPECT_EQ(pool.apply([](const std::shared_ptr<int>& value) { return *value; }, kept), 3);
  EXPECT_EQ(pool.apply([](int value) { return value; }, 1), 1);
  EXPECT_EQ(kept.use_count(), 1);
}

// MP-265
TYPED_TEST(PoolProcesses, WorksInAChild) {
  const auto body = [](mp::Connection& connection) {
    auto pool = TypeParam::make({.processes = 2});
    connection.send(pool.map(long_square, std::views::iota(0, 4)));
  };
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context("fork").Process(body, std::move(theirs));
  process.start();
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(ours.template recv<std::vector<std::int64_t>>(),
            (std::vector<std::int64_t>{0, 1, 4, 9}));
  EXPECT_TRUE(process.join(very_long));
}

// MP-265
TEST(PoolOfAnotherProcess, IsRefused) {
  auto pool = mp::get_context("fork").Pool(1);
  auto process = mp::get_context("fork").Process([&pool] {
    try {
      pool.apply(long_square, 2);
    } catch (const progeny::UsageError&) {
      throw mp::SystemExit(7);
    }
  });
  process.start();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(process.exitcode(), 7);
  EXPECT_EQ(pool.apply(long_square, 2), 4);
}

// MP-266
TEST(LargePool, HasTwoHundredWorkers) {
  auto pool = mp::get_context("fork").Pool(200);
  const auto squares = pool.map(long_square, std::views::iota(0, 1000));
  EXPECT_EQ(std::accumulate(squares.begin(), squares.end(), std::int64_t{0}), 332833500);
}

}  // namespace
