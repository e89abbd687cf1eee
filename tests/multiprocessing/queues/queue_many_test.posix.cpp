// Queue: many values at once, large values in place, and many processes.

#include "multiprocessing/methods.hpp"
#include "multiprocessing/queues/queue_facts.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection/wait.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/queues/queue.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::testing::drain;
using progeny::testing::numbers;
using progeny::testing::put_one;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

class QueueCrowds : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(QueueCrowds);

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

TEST(Queue, PutsLargeAndSmallAtOnceWithoutWaiting) {
  mp::Queue<std::string> queue(4);
  const std::vector<std::string> sent{"a", std::string(100'000, 'b'), "c", "d", "e"};
  EXPECT_EQ(queue.put_many(sent, {.block = false}), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(queue.get(), sent[i]);
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

TEST_P(QueueCrowds, CanBeWaitedForTogether) {
  mp::Queue<int> first;
  mp::Queue<int> second;
  EXPECT_TRUE(mp::connection::wait({first, second}, 0s).empty());
  auto process = started(put_one<mp::Queue<int>>, second);
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

TEST_P(QueueCrowds, MayBeMany) {
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
