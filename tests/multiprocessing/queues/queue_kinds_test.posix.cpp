// JoinableQueue and SimpleQueue.

#include "multiprocessing/methods.hpp"
#include "multiprocessing/queues/queue_facts.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/queues/queue.hpp>
#include <progeny/multiprocessing/queues/simple_queue.hpp>
#include <progeny/multiprocessing/sharedctypes/value.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::testing::Chain;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

class QueueKinds : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(QueueKinds);

void work_off(mp::JoinableQueue<int> queue, mp::Value<int> sum) {
  for (int item = queue.get(); item >= 0; item = queue.get()) {
    *sum += item;
    queue.task_done();
  }
  queue.task_done();
}

// MP-089, MP-083
TEST_P(QueueKinds, JoinWhenAllIsDone) {
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

void look_twice(mp::SimpleQueue<int> queue, mp::Connection& connection) {
  connection.send(queue.empty());
  static_cast<void>(connection.recv<bool>());
  connection.send(queue.empty());
  connection.send(queue.get());
}

// MP-101
TEST_P(QueueKinds, ShareASimpleQueue) {
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

}  // namespace
