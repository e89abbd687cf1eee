#include "multiprocessing/methods.hpp"
#include "support/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/event.hpp>
#include <progeny/multiprocessing/lock.hpp>
#include <progeny/multiprocessing/queues.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>
#include <progeny/multiprocessing/value.hpp>
#include <progeny/multiprocessing/wait.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

using Clock = std::chrono::steady_clock;

class QueueProcesses : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(QueueProcesses);

template <class Body>
Clock::duration time_of(const Body& body) {
  const auto start = Clock::now();
  body();
  return Clock::now() - start;
}

std::vector<int> numbers(int first, int last) {
  std::vector<int> made(static_cast<std::size_t>(last - first));
  std::iota(made.begin(), made.end(), first);
  return made;
}

template <class Queue>
std::vector<int> drain(Queue queue) {
  std::vector<int> got;
  try {
    for (;;) {
      got.push_back(queue.get(true, 0s));
    }
  } catch (const mp::Empty&) {
    return got;
  }
}

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

void work_off(mp::JoinableQueue<int> queue, mp::Value<int> sum) {
  for (int item = queue.get(); item >= 0; item = queue.get()) {
    *sum += item;
    queue.task_done();
  }
  queue.task_done();
}

// MP-089, MP-083
TEST_P(QueueProcesses, JoinWhenAllIsDone) {
  mp::JoinableQueue<int> queue;
  EXPECT_TRUE(queue.join(0s));
  const mp::Value<int> sum(0);
  std::vector<mp::Process> workers;
  for (int i = 0; i < 4; ++i) {
    workers.push_back(started(work_off, queue, sum));
  }
  for (int i = 1; i <= 10; ++i) {
    queue.put(i);
  }
  EXPECT_TRUE(queue.join(very_long));
  EXPECT_EQ(sum.value(), 55);
  for (int i = 0; i < 4; ++i) {
    queue.put(-1);
  }
  for (auto& worker : workers) {
    EXPECT_TRUE(worker.join(very_long));
    EXPECT_EQ(worker.exitcode(), 0);
  }
  EXPECT_TRUE(queue.join(0s));
}

// MP-089
TEST(JoinableQueue, IsNotDoneByGetting) {
  mp::JoinableQueue<int> queue;
  queue.put(1);
  EXPECT_FALSE(queue.join(0s));
  EXPECT_EQ(queue.get(), 1);
  EXPECT_FALSE(queue.join(10ms));
  queue.task_done();
  EXPECT_TRUE(queue.join());
}

// MP-090
TEST(JoinableQueue, RefusesMoreThanWasPut) {
  mp::JoinableQueue<int> queue;
  EXPECT_THROW(queue.task_done(), progeny::ValueError);
  queue.put(1);
  queue.task_done();
  EXPECT_THROW(queue.task_done(), progeny::ValueError);
  EXPECT_EQ(queue.get(), 1);
  EXPECT_TRUE(queue.join(0s));
}

struct Chain {
  std::shared_ptr<Chain> next;
};

// MP-091, MP-092: there is no feeder whose errors a hook could tell.
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

void put_one(mp::Queue<int> queue) {
  queue.put(1);
}

// MP-093
TEST_P(QueueProcesses, GoOnWhenTheParentHasClosed) {
  mp::Queue<int> queue;
  mp::Queue<int> reader = [&] {
    auto [first, second] = mp::Pipe();
    first.send(queue);
    return second.recv<mp::Queue<int>>();
  }();
  auto process = context().Process(put_one, queue);
  process.start();
  queue.close();
  queue.close();
  EXPECT_THROW(queue.put(1), progeny::ValueError);
  EXPECT_THROW(queue.put_nowait(1), progeny::ValueError);
  EXPECT_THROW(static_cast<void>(queue.get()), progeny::ValueError);
  EXPECT_THROW(static_cast<void>(queue.get_nowait()), progeny::ValueError);
  EXPECT_EQ(reader.get(true, very_long), 1);
  EXPECT_TRUE(process.join(very_long));
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

void put_through_a_child(mp::Queue<int> queue, const std::string& method) {
  auto grandchild = mp::get_context(method).Process(put_one, queue);
  grandchild.start();
  grandchild.join();
  queue.put(2);
}

// MP-011
TEST_P(QueueProcesses, HandItOnToTheirChildren) {
  const mp::Queue<int> queue;
  for (const char* method : {"fork", "spawn", "forkserver"}) {
    EXPECT_EQ(exitcode_of(put_through_a_child, queue, std::string(method)), 0);
    EXPECT_EQ(drain(queue), (std::vector{1, 2}));
  }
}

void put_five_megabytes(mp::Queue<std::string> queue) {
  queue.cancel_join_thread();
  for (int i = 0; i < 50; ++i) {
    queue.put(std::string(100'000, static_cast<char>('a' + i % 26)));
  }
}

// MP-097, MP-100: who has put may end at once, whether somebody gets or not.
TEST_P(QueueProcesses, LoseNothingThatAProcessHasPutBeforeItsEnd) {
  mp::Queue<std::string> queue;
  EXPECT_EQ(exitcode_of(put_five_megabytes, queue), 0);
  EXPECT_EQ(queue.qsize(), 50U);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(queue.get(), std::string(100'000, static_cast<char>('a' + i % 26)));
  }
}

// MP-098
TEST(Queue, HasWhatAnItemWasWhenItWasPut) {
  mp::Queue<std::vector<int>> queue;
  std::vector<int> item{1, 2, 3};
  queue.put(item);
  item[0] = 9;
  EXPECT_EQ(queue.get(), (std::vector{1, 2, 3}));
}

void get_for_ever(mp::Queue<int> queue, mp::Event started) {
  started.set();
  for (;;) {
    static_cast<void>(queue.get());
  }
}

// MP-099
TEST_P(QueueProcesses, GoOnWhenOneIsKilledWhileItGets) {
  mp::Queue<int> queue;
  for (int round = 0; round < 5; ++round) {
    const mp::Event event;
    auto process = started(get_for_ever, queue, event);
    EXPECT_TRUE(event.wait(very_long));
    process.kill();
    EXPECT_TRUE(process.join(very_long));
    queue.put(round);
    EXPECT_EQ(queue.get(true, 1s), round);
  }
}

void look_twice(mp::SimpleQueue<int> queue, mp::Connection& connection) {
  connection.send(queue.empty());
  static_cast<void>(connection.recv<bool>());
  connection.send(queue.empty());
  connection.send(queue.get());
}

// MP-101
TEST_P(QueueProcesses, ShareASimpleQueue) {
  mp::SimpleQueue<int> queue;
  auto [ours, theirs] = mp::Pipe();
  auto process = started(look_twice, queue, std::move(theirs));
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_TRUE(ours.recv<bool>());
  queue.put(5);
  queue.put(6);
  ours.send(true);
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_FALSE(ours.recv<bool>());
  EXPECT_EQ(ours.recv<int>(), 5);
  EXPECT_TRUE(process.join(very_long));
  EXPECT_EQ(queue.get(), 6);
}

// MP-101
TEST(SimpleQueue, CanBeUsedAfterAnItemThatCannotTravel) {
  mp::SimpleQueue<std::shared_ptr<Chain>> queue;
  auto ring = std::make_shared<Chain>();
  ring->next = ring;
  EXPECT_THROW(queue.put(ring), progeny::ValueError);
  ring->next.reset();
  queue.put(ring);
  EXPECT_EQ(queue.get()->next, nullptr);
}

// MP-102
TEST(SimpleQueue, ThatIsClosedSaysSo) {
  mp::SimpleQueue<int> used;
  used.put(1);
  for (auto queue : {mp::SimpleQueue<int>(), used}) {
    queue.close();
    queue.close();
    EXPECT_THROW(queue.put(1), progeny::OSError);
    EXPECT_THROW(static_cast<void>(queue.get()), progeny::OSError);
    EXPECT_THROW(static_cast<void>(queue.empty()), progeny::OSError);
  }
}

struct Gift {
  mp::Queue<int> queue;
  mp::Lock lock;
  std::unique_ptr<mp::Connection> connection;
};

void open_gift(mp::Queue<Gift> queue) {
  Gift gift = queue.get();
  gift.queue.put(gift.lock.locked() ? 1 : 0);
  gift.connection->send(std::string("hello"));
}

// MP-012
TEST_P(QueueProcesses, GiveEachOtherKernelObjects) {
  mp::Queue<Gift> queue;
  auto [ours, theirs] = mp::Pipe();
  Gift gift;
  gift.lock.acquire();
  gift.connection = std::make_unique<mp::Connection>(std::move(theirs));
  queue.put(gift);
  gift.connection.reset();
  auto process = started(open_gift, queue);
  EXPECT_EQ(gift.queue.get(true, very_long), 1);
  ASSERT_TRUE(ours.poll(very_long));
  EXPECT_EQ(ours.recv<std::string>(), "hello");
  EXPECT_TRUE(process.join(very_long));
  gift.lock.release();
  EXPECT_TRUE(mp::resource_sharer::stop(very_long));
}

TEST(Queue, MovesManyAtOnce) {
  mp::Queue<int> queue;
  EXPECT_EQ(queue.put_many(numbers(0, 50'000)), 50'000U);
  EXPECT_EQ(queue.qsize(), 50'000U);
  std::vector<int> got;
  while (got.size() < 50'000) {
    const auto more = queue.get_many(777);
    EXPECT_LE(more.size(), 777U);
    got.insert(got.end(), more.begin(), more.end());
  }
  EXPECT_EQ(got, numbers(0, 50'000));
  EXPECT_THROW(static_cast<void>(queue.get_many(5, {.block = false})), mp::Empty);
  EXPECT_TRUE(queue.get_many(0).empty());
}

TEST(Queue, PutsAsManyAsThereIsRoomFor) {
  mp::Queue<int> queue(3);
  EXPECT_EQ(queue.put_many(numbers(0, 10), {.block = false}), 3U);
  EXPECT_EQ(queue.put_many(numbers(3, 10), {.timeout = 1ms}), 0U);
  EXPECT_EQ(drain(queue), numbers(0, 3));
}

TEST(Queue, MixesLargeAndSmall) {
  mp::Queue<std::string> queue;
  std::vector<std::string> sent;
  for (const std::size_t size : {0UL, 1UL, 32'000UL, 33'000UL, 140'000UL, 7UL, 5'000'000UL, 2UL}) {
    sent.emplace_back(size, static_cast<char>('a' + size % 26));
  }
  for (int round = 0; round < 20; ++round) {
    EXPECT_EQ(queue.put_many(sent), sent.size());
    std::vector<std::string> got;
    while (got.size() < sent.size()) {
      for (auto& text : queue.get_many(3)) {
        got.push_back(std::move(text));
      }
    }
    EXPECT_EQ(got, sent);
  }
}

TEST(Queue, ShowsALargeMessageWhereItLies) {
  mp::Queue<std::string> queue;
  queue.put(std::string(1'000'000, 'x'));
  queue.put("small");
  {
    const auto view = queue.get_view();
    EXPECT_EQ(view.bytes(), std::string(1'000'000, 'x'));
    queue.put(std::string(1'000'000, 'y'));  // Does not touch what is being looked at.
    EXPECT_EQ(view.bytes(), std::string(1'000'000, 'x'));
  }
  EXPECT_EQ(queue.get_view().bytes(), "small");
  EXPECT_EQ(queue.get(), std::string(1'000'000, 'y'));
}

TEST_P(QueueProcesses, CanBeWaitedForTogether) {
  mp::Queue<int> first;
  mp::Queue<int> second;
  EXPECT_TRUE(mp::connection::wait({first, second}, 0s).empty());
  auto process = started(put_one, second);
  EXPECT_EQ(mp::connection::wait({first, second}, very_long), (std::vector<std::size_t>{1}));
  EXPECT_EQ(second.get(), 1);
  EXPECT_TRUE(mp::connection::wait({first, second}, 0s).empty());
  EXPECT_TRUE(process.join(very_long));
  first.put(1);
  first.put(2);
  EXPECT_EQ(first.get(), 1);
  EXPECT_EQ(mp::connection::wait({first, second}, 0s), (std::vector<std::size_t>{0}));
}

TEST(Queue, WakesThoseWhoWait) {
  mp::Queue<int> queue(1);
  mp::Queue<int> answers;
  std::vector<std::jthread> getters;
  for (int i = 0; i < 4; ++i) {
    getters.emplace_back([&] {
      for (int item = queue.get(); item >= 0; item = queue.get()) {
        answers.put(item);
      }
    });
  }
  for (int i = 0; i < 2'000; ++i) {
    queue.put(i, true, very_long);
  }
  for (int i = 0; i < 4; ++i) {
    queue.put(-1, true, very_long);
  }
  getters.clear();
  auto got = drain(answers);
  std::ranges::sort(got);
  EXPECT_EQ(got, numbers(0, 2'000));
}

void pass_on(mp::Queue<int> from, mp::Queue<int> to) {
  for (int item = from.get(); item >= 0; item = from.get()) {
    to.put(item);
  }
}

TEST_P(QueueProcesses, MayBeMany) {
  constexpr int processes = 64;
  constexpr int items = 6'400;
  mp::Queue<int> work;
  mp::Queue<int> results;
  std::vector<mp::Process> workers;
  for (int i = 0; i < processes; ++i) {
    workers.push_back(started(pass_on, work, results));
  }
  EXPECT_EQ(work.put_many(numbers(0, items)), static_cast<std::size_t>(items));
  std::vector<int> got;
  for (int i = 0; i < items; ++i) {
    got.push_back(results.get(true, very_long));
  }
  for (int i = 0; i < processes; ++i) {
    work.put(-1);
  }
  for (auto& worker : workers) {
    EXPECT_TRUE(worker.join(very_long));
  }
  std::ranges::sort(got);
  EXPECT_EQ(got, numbers(0, items));
  EXPECT_TRUE(work.empty());
}

}  // namespace
