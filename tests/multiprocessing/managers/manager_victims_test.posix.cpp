// Clients of a manager that die, stall or send garbage, and a server that dies.

#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/managers.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/pickle.hpp>
#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers {

namespace {

using pickle::Value;

constexpr std::chrono::seconds patience_with_victims{60};

// A process by fork, so that any closure can run in it.
Process forked_victim(std::function<void()> target) {
  Process process = get_context("fork").Process(std::move(target));
  process.start();
  return process;
}

// Issue 20, item 3: a client that is killed while it holds a lock; the next gets it, and the news.
TEST(ManagerVictims, LockOfADeadClientGoesToTheNext) {
  SyncManager manager = Manager();
  for (const AcquirerProxy& lock : {manager.Lock(), manager.RLock()}) {
    auto [mine, its] = connection::Pipe(false);
    Process child = forked_victim([&lock, &its = its] {
      lock.acquire();
      its.send(1);
      static_cast<void>(
          connection::wait(std::span<const connection::Waitable>(), patience_with_victims));
    });
    EXPECT_EQ(mine.recv<int>(), 1);
    EXPECT_FALSE(lock.try_lock());
    std::thread killer([&child] { child.kill(); });
    EXPECT_THROW(lock.acquire(patience_with_victims), OwnerDied);
    killer.join();
    lock.release();
    EXPECT_TRUE(lock.try_lock());
    lock.unlock();
    EXPECT_TRUE(child.join(patience_with_victims));
  }
}

// MP-226: a lock that an ended child holds can be released by another process, once.
TEST(ManagerVictims, LockOfAnEndedChildCanBeReleased) {
  SyncManager manager = Manager();
  const AcquirerProxy lock = manager.Lock();
  Process child = forked_victim([&lock] { lock.acquire(); });
  EXPECT_TRUE(child.join(patience_with_victims));
  lock.release();
  EXPECT_THROW(lock.release(), RuntimeError);
}

// MP-216: shutdown ends a server that hangs.
TEST(ManagerVictims, ShutdownEndsAStoppedServer) {
  SyncManager manager = Manager({.shutdown_timeout = std::chrono::milliseconds(50)});
  progeny::subprocess::run({"kill", "-STOP", std::to_string(*manager.pid())}, {.check = true});
  manager.shutdown();
  EXPECT_TRUE(active_children().empty());
}

// A client that is killed while it waits leaves nothing behind: it takes no item.
TEST(ManagerVictims, DeadWaiterTakesNothing) {
  SyncManager manager = Manager({.address = connection::Address("127.0.0.1", 0)});
  const QueueProxy queue = manager.Queue();
  const BarrierProxy barrier = manager.Barrier(2);
  Process child = forked_victim([&barrier] { barrier.wait(); });
  while (barrier.n_waiting() == 0) {
    std::this_thread::yield();
  }
  child.kill();
  EXPECT_TRUE(child.join(patience_with_victims));
  while (!barrier.broken()) {
    std::this_thread::yield();
  }
  EXPECT_THROW(barrier.wait(patience_with_victims), BrokenBarrierError);

  Process getter = forked_victim([&queue, &barrier] {
    barrier.reset();
    static_cast<void>(queue.get());
  });
  while (barrier.broken()) {
    std::this_thread::yield();
  }
  getter.kill();
  EXPECT_TRUE(getter.join(patience_with_victims));
  // The server may still see the item before it sees the death, but never gives it twice.
  queue.put(1);
  queue.put(2);
  EXPECT_EQ(queue.get(patience_with_victims).as_int() > 0, true);
}

// Issue 20: garbage, stalled and silent clients cost only themselves.
TEST(ManagerVictims, BadClientsCostOnlyThemselves) {
  SyncManager manager = Manager({.authkey = "key"});
  const QueueProxy queue = manager.Queue();
  const auto client = [&manager] {
    return connection::Client(manager.address(), {.authkey = "key"});
  };
  const auto request = [](const std::string& method, const Value& args) {
    return pickle::dumps(Value::tuple({Value(), method, args, Value::dict()}));
  };
  std::vector<connection::Connection> bad;
  for (int i = 0; i < 8; ++i) {
    bad.push_back(client());  // Silent.
  }
  bad[0].send_bytes("garbage");
  EXPECT_NE(bad[0].recv_bytes().find("#TRACEBACK"), std::string::npos);
  bad[1].send_bytes(pickle::dumps(Value::tuple({1, 2, 3, 4})));
  EXPECT_NE(bad[1].recv_bytes().find("#TRACEBACK"), std::string::npos);
  bad[2].send_bytes("");
  bad[3].send_bytes(request("no_such", Value::tuple()));
  EXPECT_NE(bad[3].recv_bytes().find("AssertionError"), std::string::npos);
  // A served connection survives garbage.
  bad[4].send_bytes(request("accept_connection", Value::tuple({"name"})));
  static_cast<void>(bad[4].recv_bytes());
  for (const std::string text : {"x", "\x80\x04]\x94(", "(((((((("}) {
    bad[4].send_bytes(text);
    EXPECT_NE(bad[4].recv_bytes().find("#TRACEBACK"), std::string::npos);
  }
  queue.put(1);
  EXPECT_EQ(queue.get(patience_with_victims), Value(1));
}

// Issue 20: a server that is killed gives its clients an error.
TEST(ManagerVictims, ClientsSeeTheDeathOfTheServer) {
  SyncManager manager = Manager();
  const QueueProxy queue = manager.Queue();
  std::thread killer;
  EXPECT_ANY_THROW({
    killer = std::thread([pid = *manager.pid()] {
      progeny::subprocess::run({"kill", "-9", std::to_string(pid)}, {.check = true});
    });
    static_cast<void>(queue.get(patience_with_victims * 10));
  });
  killer.join();
  EXPECT_ANY_THROW(queue.put(1));  // OSError, or EOFError while the process is going.
  manager.shutdown();
}

}  // namespace

}  // namespace progeny::multiprocessing::managers
