// multiprocessing.dummy: threads with the methods of processes.

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/dummy.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace progeny::multiprocessing::dummy {

namespace {

using namespace std::chrono_literals;

TEST(DummyProcess, RunsItsTargetWithItsArguments) {
  Queue<std::string> queue;
  Process process(
      [](Queue<std::string> out, const std::string& text) { out.put(text); }, queue, "hi");
  EXPECT_FALSE(process.is_alive());
  EXPECT_FALSE(process.exitcode());
  EXPECT_FALSE(process.ident());
  process.start();
  EXPECT_EQ(queue.get(), "hi");
  EXPECT_TRUE(process.join());
  EXPECT_FALSE(process.is_alive());
  EXPECT_EQ(process.exitcode(), 0);
  EXPECT_TRUE(process.ident());
}

TEST(DummyProcess, TakesArgumentsThatCanOnlyBeMoved) {
  Queue<int> queue;
  Process process([queue](std::unique_ptr<int> number) mutable { queue.put(*number); },
                  std::make_unique<int>(5));
  process.start();
  EXPECT_EQ(queue.get(), 5);
  process.join();
}

TEST(DummyProcess, HasNamesAndAnInheritedDaemonFlag) {
  Process named({.name = "worker", .daemon = true}, [] {});
  EXPECT_EQ(named.name(), "worker");
  EXPECT_TRUE(named.daemon());
  EXPECT_EQ(to_string(named), "<DummyProcess(worker, initial daemon)>");
  named.set_name("other");
  EXPECT_EQ(named.name(), "other");
  EXPECT_TRUE(Process().name().starts_with("Thread-"));
  Queue<bool> flags;
  Process parent({.daemon = true}, [flags]() mutable { flags.put(Process().daemon()); });
  parent.start();
  EXPECT_TRUE(flags.get());
  parent.join();
}

// MP-268: only the thread that has made it may start it.
TEST(DummyProcess, IsStartedByItsMakerOnce) {
  Process process([] {});
  bool refused = false;
  std::thread([&] {
    try {
      process.start();
    } catch (const RuntimeError&) {
      refused = true;
    }
  }).join();
  EXPECT_TRUE(refused);
  process.start();
  EXPECT_THROW(process.start(), UsageError);
  EXPECT_THROW(process.set_daemon(true), UsageError);
  EXPECT_TRUE(process.join());
  EXPECT_THROW(static_cast<void>(Process().join()), UsageError);
}

// MP-268: the living children of the calling thread.
TEST(DummyProcess, ActiveChildrenAreThoseOfTheCaller) {
  Event go;
  EXPECT_TRUE(active_children().empty());
  Queue<std::size_t> counts;
  Process process([go, counts]() mutable {
    counts.put(active_children().size());
    go.wait();
  });
  process.start();
  EXPECT_EQ(counts.get(), 0U);
  const auto children = active_children();
  ASSERT_EQ(children.size(), 1U);
  EXPECT_EQ(children[0], process);
  go.set();
  process.join();
  EXPECT_TRUE(active_children().empty());
}

TEST(DummyProcess, KnowsItself) {
  EXPECT_EQ(current_process(), current_process());
  Queue<std::string> names;
  Process process({.name = "me"}, [names]() mutable { names.put(current_process().name()); });
  process.start();
  EXPECT_EQ(names.get(), "me");
  process.join();
}

TEST(DummyProcess, JoinObeysItsTimeout) {
  Event go;
  Process process([go]() mutable { go.wait(); });
  process.start();
  EXPECT_FALSE(process.join(1ms));
  EXPECT_TRUE(process.is_alive());
  go.set();
  EXPECT_TRUE(process.join());
}

TEST(DummyProcess, AnExceptionEndsTheThreadAlone) {
  ::testing::internal::CaptureStderr();
  Process process({.name = "loud"}, [] { throw std::runtime_error("oops"); });
  process.start();
  process.join();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "Exception in thread loud: oops\n");
  EXPECT_EQ(process.exitcode(), 0);
  ::testing::internal::CaptureStderr();
  Process quiet([] { throw SystemExit(3); });
  quiet.start();
  quiet.join();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(DummyProcess, ManyAtOnce) {
  std::vector<Process> all;
  Queue<int> queue;
  for (int i = 0; i < 50; ++i) {
    all.emplace_back([queue](int number) mutable { queue.put(number); }, i);
    all.back().start();
  }
  int sum = 0;
  for (int i = 0; i < 50; ++i) {
    sum += queue.get();
  }
  EXPECT_EQ(sum, 50 * 49 / 2);
  for (Process& process : all) {
    EXPECT_TRUE(process.join());
  }
}

}  // namespace

}  // namespace progeny::multiprocessing::dummy
