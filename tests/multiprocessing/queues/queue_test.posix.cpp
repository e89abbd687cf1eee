// Queue: putting, getting, limits and closing.

#include "multiprocessing/methods.hpp"
#include "multiprocessing/queues/queue_facts.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/queues/queue.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::testing::Chain;
using progeny::testing::drain;
using progeny::testing::numbers;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

using Clock = std::chrono::steady_clock;

template <class Body>
Clock::duration time_of(const Body& body) {
  const auto start = Clock::now();
  body();
  return Clock::now() - start;
}

class QueueProcesses : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(QueueProcesses);

void get_six(mp::Queue<int> queue, mp::Connection& connection) {
  std::vector<int> got{queue.get(), queue.get(true), queue.get({.timeout = 1min})};
  got.push_back(queue.get(false));
  got.push_back(queue.get_nowait());
  got.push_back(queue.get(false, 1min));
  connection.send(got);
}

// MP-081, MP-083
TEST_P(QueueProcesses, PutAndGetInEveryForm) {
  mp::Queue<int> queue(6);
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.full());
  queue.put(1);
  queue.put(2, true);
  queue.put(3, {.timeout = 1min});
  queue.put(4, false);
  queue.put(5, false, 1min);
  queue.put_nowait(6);
  EXPECT_FALSE(queue.empty());
  EXPECT_TRUE(queue.full());
  auto [ours, theirs] = mp::Pipe();
  auto process = started(get_six, queue, std::move(theirs));
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(ours.recv<std::vector<int>>(), (std::vector{1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(process.join(very_long));
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.full());
}

// MP-082
TEST(Queue, ThatIsFullOrEmptySaysSoInTime) {
  mp::Queue<int> queue(1);
  EXPECT_THROW(static_cast<void>(queue.get(false)), mp::Empty);
  EXPECT_THROW(static_cast<void>(queue.get(false, 1min)), mp::Empty);
  EXPECT_THROW(static_cast<void>(queue.get_nowait()), mp::Empty);
  EXPECT_GE(time_of([&] { EXPECT_THROW(static_cast<void>(queue.get(true, 200ms)), mp::Empty); }),
            100ms);
  queue.put(7);
  EXPECT_THROW(queue.put(8, false), mp::Full);
  EXPECT_THROW(queue.put(8, false, 1min), mp::Full);
  EXPECT_THROW(queue.put_nowait(8), mp::Full);
  EXPECT_GE(time_of([&] { EXPECT_THROW(queue.put(8, true, 200ms), mp::Full); }), 100ms);
  EXPECT_EQ(queue.qsize(), 1U);
  EXPECT_EQ(queue.get(), 7);
  EXPECT_TRUE(queue.empty());
}

// MP-084
TEST(Queue, TakesATimeoutBelowZeroAsNow) {
  mp::Queue<int> queue(1);
  EXPECT_THROW(static_cast<void>(queue.get(true, -1s)), mp::Empty);
  EXPECT_THROW(static_cast<void>(queue.get(true, 0s)), mp::Empty);
  queue.put(1, true, -1s);
  EXPECT_THROW(queue.put(2, true, -1s), mp::Full);
  EXPECT_THROW(queue.put(2, true, 0s), mp::Full);
  EXPECT_EQ(queue.get(true, -1s), 1);
}

// MP-085
TEST(Queue, WithoutALimitIsNeverFull) {
  for (const std::ptrdiff_t maxsize : {0, -1}) {
    mp::Queue<int> queue(maxsize);
    for (int i = 0; i < 100'000; ++i) {
      queue.put(i);
    }
    EXPECT_FALSE(queue.full());
    EXPECT_EQ(queue.qsize(), 100'000U);
    EXPECT_EQ(drain(queue), numbers(0, 100'000));
  }
  EXPECT_NO_THROW(mp::Queue<int>(2147483647));
  EXPECT_THROW(mp::Queue<int>(2147483648), progeny::ValueError);
}

void put_ten(mp::Queue<int> queue) {
  for (int i = 10; i < 20; ++i) {
    queue.put(i);
  }
}

// MP-086
TEST_P(QueueProcesses, PutBehindWhatTheParentHasPut) {
  mp::Queue<int> queue;
  for (int i = 0; i < 10; ++i) {
    queue.put(i);
  }
  EXPECT_EQ(exitcode_of(put_ten, queue), 0);
  EXPECT_EQ(drain(queue), numbers(0, 20));
}

// MP-087
TEST(Queue, CountsWhatIsInIt) {
  mp::Queue<std::string> queue;
  EXPECT_EQ(queue.qsize(), 0U);
  queue.put("a");
  EXPECT_EQ(queue.qsize(), 1U);
  queue.put(std::string(100'000, 'b'));
  EXPECT_EQ(queue.qsize(), 2U);
  EXPECT_EQ(queue.get(), "a");
  EXPECT_EQ(queue.qsize(), 1U);
  EXPECT_EQ(queue.get(), std::string(100'000, 'b'));
  EXPECT_EQ(queue.qsize(), 0U);
}

// MP-091, MP-092: there is no feeder thread, so no hook for its errors: `put` throws.
TEST(Queue, ThatCannotEncodeAnItemHasItsPlaceFree) {
  mp::Queue<std::shared_ptr<Chain>> queue(1);
  auto ring = std::make_shared<Chain>();
  ring->next = ring;
  EXPECT_THROW(queue.put(ring), progeny::ValueError);
  ring->next.reset();
  EXPECT_EQ(queue.qsize(), 0U);
  queue.put(ring);
  EXPECT_EQ(queue.qsize(), 1U);
  EXPECT_EQ(queue.get()->next, nullptr);
  EXPECT_TRUE(queue.empty());
}

// MP-094, MP-095
TEST(Queue, CanBeAskedAfterClosing) {
  mp::Queue<int> unused;
  EXPECT_THROW(unused.join_thread(), progeny::UsageError);
  unused.close();
  unused.join_thread();
  unused.join_thread();
  EXPECT_TRUE(unused.empty());
  mp::Queue<int> used;
  used.put(1);
  used.close();
  EXPECT_THROW(static_cast<void>(used.empty()), progeny::OSError);
  EXPECT_EQ(used.qsize(), 1U);
  EXPECT_FALSE(used.full());
}

// MP-098
TEST(Queue, HasWhatAnItemWasWhenItWasPut) {
  mp::Queue<std::vector<int>> queue;
  std::vector<int> item{1, 2, 3};
  queue.put(item);
  item[0] = 9;
  EXPECT_EQ(queue.get(), (std::vector{1, 2, 3}));
}

}  // namespace
