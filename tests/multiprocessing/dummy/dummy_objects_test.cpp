// multiprocessing.dummy: queues, connections, managers, pools; and one body over threads and
// processes.

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing.hpp>
#include <progeny/multiprocessing/dummy.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

namespace progeny::multiprocessing {

namespace {

using namespace std::chrono_literals;

struct Threads {
  using Process = dummy::Process;
  template <class T>
  using Queue = dummy::JoinableQueue<T>;
};

struct Processes {
  using Process = multiprocessing::Process;
  template <class T>
  using Queue = multiprocessing::JoinableQueue<T>;
};

// Rows marked T: the same text means the same with threads and with processes.
template <class Kind>
class EitherKind : public ::testing::Test {};

using Kinds = ::testing::Types<Threads, Processes>;
TYPED_TEST_SUITE(EitherKind, Kinds);

template <class Queue>
void answer_all(Queue tasks, Queue answers) {
  for (int task = tasks.get(); task >= 0; task = tasks.get()) {
    answers.put(task * task);
    tasks.task_done();
  }
  tasks.task_done();
}

TYPED_TEST(EitherKind, WorkersTakeFromAQueue) {
  using Queue = typename TypeParam::template Queue<int>;
  Queue tasks;
  Queue answers;
  typename TypeParam::Process worker(answer_all<Queue>, tasks, answers);
  worker.start();
  for (int i = 0; i < 10; ++i) {
    tasks.put(i);
  }
  tasks.put(-1);
  EXPECT_TRUE(tasks.join());
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(answers.get(), i * i);
  }
  EXPECT_TRUE(worker.join());
  EXPECT_EQ(worker.exitcode(), 0);
}

TYPED_TEST(EitherKind, QueuesAreBoundedAndSayWhy) {
  typename TypeParam::template Queue<int> queue(2);
  EXPECT_TRUE(queue.empty());
  queue.put(1);
  queue.put(2);
  EXPECT_TRUE(queue.full());
  EXPECT_THROW(queue.put_nowait(3), Full);
  EXPECT_THROW(queue.put(3, true, 1ms), Full);
  EXPECT_EQ(queue.get(), 1);
  EXPECT_EQ(queue.get_nowait(), 2);
  EXPECT_THROW(static_cast<void>(queue.get_nowait()), Empty);
  EXPECT_THROW(static_cast<void>(queue.get(true, 1ms)), Empty);
  EXPECT_FALSE(queue.join(1ms));
  queue.task_done();
  queue.task_done();
  EXPECT_TRUE(queue.join(0ms));
  EXPECT_THROW(queue.task_done(), ValueError);
}

// MP-269: the very object arrives.
TEST(DummyConnection, PassesObjectsWithoutACopy) {
  auto [left, right] = dummy::Pipe();
  auto object = std::make_shared<int>(5);
  left.send(object);
  EXPECT_EQ(right.recv<std::shared_ptr<int>>(), object);
  left.send(std::make_unique<int>(7));
  EXPECT_EQ(*right.recv<std::unique_ptr<int>>(), 7);
  right.send_bytes("bytes");
  EXPECT_EQ(left.recv_bytes(), "bytes");
  left.send(5);
  EXPECT_THROW(static_cast<void>(right.recv<std::string>()), TypeError);
}

// MP-269: poll obeys its timeout, close is a no-op.
TEST(DummyConnection, IsPolled) {
  auto [left, right] = dummy::Pipe(false);
  EXPECT_FALSE(right.poll());
  EXPECT_FALSE(right.poll(1ms));
  left.send(1);
  EXPECT_TRUE(right.poll());
  EXPECT_TRUE(right.poll(Timeout()));
  left.close();
  EXPECT_EQ(right.recv<int>(), 1);
  left.send(2);
  EXPECT_EQ(right.recv<int>(), 2);
}

// MP-269: Listener and Client.
TEST(DummyConnection, ListenersAcceptClients) {
  dummy::connection::Listener listener;
  EXPECT_THROW(static_cast<void>(listener.accept(1ms)), TimeoutError);
  dummy::Process server([listener]() mutable {
    auto connection = listener.accept();
    connection.send(connection.recv<int>() + 1);
  });
  server.start();
  auto client = dummy::connection::Client(listener.address());
  client.send(41);
  EXPECT_EQ(client.recv<int>(), 42);
  server.join();
}

// MP-270: a manager makes plain objects.
TEST(DummyManager, MakesPlainObjects) {
  dummy::freeze_support();
  dummy::Manager manager;
  auto list = manager.list<int>();
  list.push_back(1);
  auto dict = manager.dict<std::string, int>();
  dict["a"] = 1;
  auto names = manager.Namespace();
  names.set("x", 5);
  names.get<int>("x") += 1;
  EXPECT_EQ(names.get<int>("x"), 6);
  EXPECT_TRUE(names.has("x"));
  EXPECT_THROW(static_cast<void>(names.get<std::string>("x")), TypeError);
  names.remove("x");
  EXPECT_THROW(static_cast<void>(names.get<int>("x")), KeyError);
  EXPECT_THROW(names.remove("x"), KeyError);
  const auto value = manager.Value(1.5);
  *value += 1;
  EXPECT_EQ(value.value(), 2.5);
  EXPECT_EQ(manager.Array<int>(3).size(), 3U);
  manager.shutdown();
}

// MP-270: the pool is the pool of threads.
TEST(DummyPool, IsThePoolOfThreads) {
  dummy::Pool pool(2);
  EXPECT_EQ(pool.map([](int x) { return x * x; }, std::vector{1, 2, 3}), (std::vector{1, 4, 9}));
}

TEST(DummyLocks, ExcludeThreads) {
  dummy::Lock lock;
  int count = 0;
  std::vector<dummy::Process> all;
  for (int i = 0; i < 4; ++i) {
    all.emplace_back([lock, &count]() mutable {
      for (int round = 0; round < 1'000; ++round) {
        const std::lock_guard guard(lock);
        ++count;
      }
    });
    all.back().start();
  }
  for (dummy::Process& process : all) {
    process.join();
  }
  EXPECT_EQ(count, 4'000);
}

}  // namespace

}  // namespace progeny::multiprocessing
