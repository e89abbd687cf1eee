// A queue outlives the processes that use it, and travels between them.

#include "multiprocessing/methods.hpp"
#include "multiprocessing/queues/queue_facts.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/queues/queue.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>
#include <progeny/multiprocessing/synchronize/event.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::testing::drain;
using progeny::testing::put_one;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

class QueueLives : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(QueueLives);

// MP-093
TEST_P(QueueLives, GoOnWhenTheParentHasClosed) {
  mp::Queue<int> queue;
  mp::Queue<int> reader = [&] {
    auto [first, second] = mp::Pipe();
    first.send(queue);
    return second.recv<mp::Queue<int>>();
  }();
  auto process = context().Process(put_one<mp::Queue<int>>, queue);
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

void put_through_a_child(mp::Queue<int> queue, const std::string& method) {
  auto grandchild = mp::get_context(method).Process(put_one<mp::Queue<int>>, queue);
  grandchild.start();
  grandchild.join();
  queue.put(2);
}

// MP-011
TEST_P(QueueLives, HandItOnToTheirChildren) {
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

// MP-097, MP-100: a producer may end right after its put, whether or not a consumer gets the value.
TEST_P(QueueLives, LoseNothingThatAProcessHasPutBeforeItsEnd) {
  mp::Queue<std::string> queue;
  EXPECT_EQ(exitcode_of(put_five_megabytes, queue), 0);
  EXPECT_EQ(queue.qsize(), 50U);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(queue.get(), std::string(100'000, static_cast<char>('a' + i % 26)));
  }
}

void get_for_ever(mp::Queue<int> queue, mp::Event started) {
  started.set();
  for (;;) {
    static_cast<void>(queue.get());
  }
}

// MP-099
TEST_P(QueueLives, GoOnWhenOneIsKilledWhileItGets) {
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
TEST_P(QueueLives, GiveEachOtherKernelObjects) {
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

}  // namespace
