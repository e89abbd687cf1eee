// A job of two languages: Python producers, C++ workers, one managed JoinableQueue.
// `PROGENY_MANAGER_ITEMS` is how many items there are; the default is 2000.

#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/managers.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

// The build defines PROGENY_INTEROP, the folder of the scripts.

namespace progeny::multiprocessing::managers {

namespace {

namespace sp = progeny::subprocess;
using pickle::Value;

constexpr int worker_count = 2;

std::int64_t item_count() {
  const char* const text = std::getenv("PROGENY_MANAGER_ITEMS");
  return text == nullptr ? 2000 : std::stoll(text);
}

sp::Popen start_producer(const connection::Address& address,
                         std::int64_t first,
                         std::int64_t count) {
  return sp::Popen({"python3",
                    std::string(PROGENY_INTEROP) + "/manager_producer.py",
                    "--family",
                    "AF_UNIX",
                    "--address",
                    to_string(address),
                    "--authkey",
                    "secret key",
                    "--first",
                    std::to_string(first),
                    "--count",
                    std::to_string(count),
                    "--timeout",
                    "600"},
                   {.at_scope_exit = sp::AtScopeExit::kill});
}

// Adds up numbers until None comes.
void add_up(const QueueProxy& queue, const QueueProxy& sums) {
  std::int64_t sum = 0;
  for (;;) {
    const Value item = queue.get();
    if (item.is_none()) {
      break;
    }
    sum += item.at("n").as_int();
    queue.task_done();
  }
  sums.put(sum);
}

// Issue 20, item 4: nothing is lost and nothing comes twice.
TEST(ManagersJob, PythonProducesAndCppWorks) {
  const std::int64_t count = item_count();
  SyncManager manager({.authkey = "secret key"});
  manager.registry().register_object("get_queue", make_queue());
  manager.start();
  const QueueProxy queue(manager.create("get_queue"));
  const QueueProxy sums = manager.Queue();

  std::vector<Process> workers;
  for (int i = 0; i < worker_count; ++i) {
    workers.push_back(get_context("fork").Process([&] { add_up(queue, sums); }));
    workers.back().start();
  }
  sp::Popen first = start_producer(manager.address(), 0, count / 2);
  sp::Popen second = start_producer(manager.address(), count / 2, count - count / 2);
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(second.wait(), 0);
  queue.join();

  std::int64_t sum = 0;
  for (int i = 0; i < worker_count; ++i) {
    queue.put({});
  }
  for (int i = 0; i < worker_count; ++i) {
    sum += sums.get(std::chrono::seconds(60)).as_int();
  }
  EXPECT_EQ(sum, count * (count - 1) / 2);
  for (Process& worker : workers) {
    EXPECT_TRUE(worker.join(std::chrono::seconds(60)));
  }
}

}  // namespace

}  // namespace progeny::multiprocessing::managers
