// Managers with both ends in C++.

#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/managers.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/pickle.hpp>
#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers {

namespace {

using pickle::Value;

constexpr std::chrono::seconds patience{60};

// A process by fork, so that any closure can run in it.
Process forked(std::function<void()> target) {
  Process process = get_context("fork").Process(std::move(target));
  process.start();
  return process;
}

// MP-207: the server is a child with a name, and ends with 0.
TEST(Managers, StartAServerWithAName) {
  SyncManager manager = Manager();
  std::vector<Process> children = active_children();
  ASSERT_EQ(children.size(), 1U);
  EXPECT_TRUE(children[0].name().starts_with("SyncManager-"));
  EXPECT_FALSE(children[0].daemon());
  EXPECT_EQ(children[0].pid(), manager.pid());
  manager.shutdown();
  EXPECT_TRUE(active_children().empty());
}

// MP-208: what may follow what.
TEST(Managers, KnowTheirStates) {
  SyncManager manager;
  EXPECT_THROW(static_cast<void>(manager.list()), UsageError);
  EXPECT_THROW(static_cast<void>(manager.address()), UsageError);
  manager.start();
  EXPECT_THROW(manager.start(), ProcessError);
  EXPECT_THROW(static_cast<void>(manager.get_server()), ProcessError);
  manager.shutdown();
  manager.shutdown();
  EXPECT_THROW(manager.start(), ProcessError);
  EXPECT_THROW(static_cast<void>(manager.list()), UsageError);
}

// MP-213: wrong keys and dead addresses.
TEST(Managers, RefuseAnotherKey) {
  SyncManager manager = Manager({.authkey = "right"});
  SyncManager stranger({.address = manager.address(), .authkey = "wrong"});
  EXPECT_THROW(stranger.connect(), AuthenticationError);
  const connection::Address address = manager.address();
  manager.shutdown();
  SyncManager late({.address = address, .authkey = "right"});
  EXPECT_THROW(late.connect(), OSError);
}

// MP-214: a port can be used again at once.
TEST(Managers, StartAgainOnTheSamePort) {
  SyncManager first = Manager({.address = connection::Address("127.0.0.1", 0)});
  const connection::Address address = first.address();
  first.list().append(1);
  first.shutdown();
  SyncManager second = Manager({.address = address});
  EXPECT_EQ(second.list({1}).size(), 1U);
}

// MP-215: the initializer runs in the server; its failure is the caller's.
TEST(Managers, CallTheInitializerFirst) {
  SyncManager manager;
  EXPECT_THROW(manager.start([] { throw ValueError("no luck"); }), RuntimeError);
  EXPECT_TRUE(active_children().empty());
}

// MP-220, MP-221: proxies nest, plain values are copies.
TEST(Managers, NestProxies) {
  SyncManager manager = Manager();
  const DictProxy outer = manager.dict();
  {
    const ListProxy inner = manager.list({1});
    outer.set("inner", inner);
    outer.set("copy", Value::list({1}));
  }
  ListProxy(manager.rebuild(outer["inner"])).append(2);
  const ListProxy again(outer.rebuild(outer.at("inner")));
  EXPECT_EQ(again.copy(), (std::vector<Value>{1, 2}));
  EXPECT_THROW(static_cast<void>(manager.rebuild(outer["copy"])), TypeError);
  const ListProxy self = manager.list();
  self.append(self);
  EXPECT_EQ(manager.rebuild(self[0]), self);
}

// MP-222, MP-223: what Python's containers do, in one place; the rest is tested with Python.
TEST(Managers, ClipSlicesAndKeepOrder) {
  SyncManager manager = Manager();
  const ListProxy list = manager.list({1, 2, 3, 4});
  EXPECT_EQ(list.slice(-2, 100), (std::vector<Value>{3, 4}));
  EXPECT_EQ(list.pop(), Value(4));
  EXPECT_THROW(static_cast<void>(list.at(-4)), IndexError);
  list.append("text");
  EXPECT_THROW(list.sort(), TypeError);
  EXPECT_EQ(list.copy(), (std::vector<Value>{1, 2, 3, "text"}));

  const DictProxy dict = manager.dict({{"a", 1}, {"b", 2}});
  const IteratorProxy keys = dict.iter();
  EXPECT_EQ(keys.next().value(), Value("a"));
  dict.clear();
  EXPECT_THROW(static_cast<void>(keys.next()), RuntimeError);
}

class Counter {
 public:
  explicit Counter(int start) : count_(start) {}
  int add(int by) { return count_ += by; }
  [[nodiscard]] std::string text() const { return std::to_string(count_); }

 private:
  int count_;
};

// MP-209, MP-210: users' classes with chosen methods.
TEST(Managers, ServeClassesOfTheProgram) {
  SyncManager manager;
  manager.registry()
      .register_type<Counter>("Counter",
                              [](const Arguments& from) {
                                return std::make_shared<Counter>(from.get<int>(0, "start"));
                              })
      .method("add", &Counter::add)
      .method("text", &Counter::text);
  manager.start();
  const BaseProxy counter = manager.create("Counter", {5});
  EXPECT_EQ(counter.call_as<int>("add", 2), 7);
  EXPECT_EQ(counter.call("text"), Value("7"));
  EXPECT_THROW(counter.call("add", "x"), TypeError);
  EXPECT_THROW(counter.call("add", 1, 2), TypeError);
  EXPECT_THROW(counter.call("add", std::int64_t{1} << 40), OverflowError);
  EXPECT_THROW(counter.call("erase"), RemoteError);
  EXPECT_THROW(static_cast<void>(manager.create("Counter")), RemoteError);
}

// MP-228: a forked child has a connection and a reference of its own.
TEST(Managers, ProxiesWorkInForkedChildren) {
  SyncManager manager = Manager();
  const ListProxy list = manager.list();
  list.append(0);
  std::vector<Process> children;
  for (int i = 0; i < 3; ++i) {
    children.push_back(forked([&list, i] {
      for (int j = 0; j < 50; ++j) {
        list.append(i);
      }
    }));
  }
  for (int j = 0; j < 50; ++j) {
    list.append(3);
  }
  for (Process& child : children) {
    EXPECT_TRUE(child.join(patience));
    EXPECT_EQ(child.exitcode(), 0);
  }
  EXPECT_EQ(list.size(), 201U);
}

// MP-231: wait_for counts its whole time.
TEST(Managers, ConditionWaitsForAPredicate) {
  SyncManager manager = Manager();
  const ConditionProxy condition = manager.Condition();
  EXPECT_THROW(condition.wait(), RuntimeError);
  EXPECT_THROW(condition.notify(), RuntimeError);
  const std::scoped_lock held(condition);
  EXPECT_FALSE(condition.wait_for([] { return false; }, std::chrono::milliseconds(20)));
  EXPECT_TRUE(condition.wait_for([] { return true; }));
}

// MP-226: what one process changes, another sees.
TEST(Managers, ShareStateBetweenProcesses) {
  SyncManager manager = Manager();
  const ValueProxy value = manager.Value("i", 1);
  const EventProxy event = manager.Event();
  const NamespaceProxy names = manager.Namespace();
  const AcquirerProxy semaphore = manager.BoundedSemaphore(1);
  Process child = forked([&] {
    value.set(2);
    names.set("name", "Bob");
    event.set();
  });
  EXPECT_TRUE(event.wait(patience));
  EXPECT_EQ(value.get(), Value(2));
  EXPECT_EQ(names.str(), "Namespace(name='Bob')");
  EXPECT_THROW(semaphore.release(), ValueError);
  EXPECT_TRUE(child.join(patience));
}

}  // namespace

}  // namespace progeny::multiprocessing::managers
