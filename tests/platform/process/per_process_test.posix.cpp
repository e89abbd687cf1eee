// Globals that survive the end of a program and fork(2).

#include "platform/process/per_process.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

std::atomic<int> made{0};

struct Counted {
  Counted() noexcept { ++made; }

  std::mutex mutex;
  int number = 0;
};

/// Forks, and returns what the child's `body` returns.
template <class Body>
int answer_of_fork(Body body) {
  const int pid = ::fork();
  if (pid == 0) {
    ::_exit(body());
  }
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

// Registered with gtest while the program loads, like every test, and run from `main`.
TEST(PerProcess, IsMadeBeforeMain) {
  const int made_by_now = made;
  Counted& counted = PerProcess<Counted>::get();
  EXPECT_EQ(made_by_now, 1);
  EXPECT_EQ(&counted, &PerProcess<Counted>::get());
  EXPECT_EQ(made, 1);
}

struct Ends {
  ~Ends() { ::_exit(PerProcess<Counted>::get().number); }
};

void end_by_a_static_destructor(int number) {
  PerProcess<Counted>::get().number = number;
  static const Ends ends;
  std::exit(0);  // NOLINT(concurrency-mt-unsafe): what is tested.
}

TEST(PerProcess, IsThereInStaticDestructors) {
  EXPECT_EXIT(end_by_a_static_destructor(7), ::testing::ExitedWithCode(7), "");
}

/// Two numbers that are equal whenever the mutex is free.
struct Pair {
  std::mutex mutex;
  int first = 0;
  int second = 0;
};

void keep_changing(const std::atomic<bool>& over) {
  Pair& pair = PerProcess<Pair>::get();
  while (!over) {
    const std::lock_guard lock(pair.mutex);
    ++pair.first;
    std::this_thread::yield();
    ++pair.second;
  }
}

TEST(PerProcess, IsFreeAndWholeInAForkedChild) {
  std::atomic<bool> over = false;
  std::thread holder([&over] { keep_changing(over); });
  for (int round = 0; round < 200; ++round) {
    ASSERT_EQ(answer_of_fork([] {
                Pair& pair = PerProcess<Pair>::get();
                return pair.mutex.try_lock() && pair.first == pair.second ? 0 : 1;
              }),
              0);
  }
  over = true;
  holder.join();
}

struct Hooked {
  std::mutex mutex;
  int hooks = 0;

  void after_fork_in_child() noexcept { ++hooks; }
};

TEST(PerProcess, RunsItsHookInTheChildAlone) {
  EXPECT_EQ(answer_of_fork([] { return PerProcess<Hooked>::get().hooks; }), 1);
  EXPECT_EQ(PerProcess<Hooked>::get().hooks, 0);
}

struct Replaced {
  std::mutex mutex;
  int number = 1;
};

TEST(PerProcess, CanBeReplacedInAChild) {
  Replaced& old = PerProcess<Replaced>::get();
  EXPECT_EQ(answer_of_fork([&old] {
              old.mutex.lock();  // The fork below takes the new object's mutex.
              PerProcess<Replaced>::replace(std::make_unique<Replaced>());
              PerProcess<Replaced>::get().number = 2;
              return answer_of_fork([] { return PerProcess<Replaced>::get().number; });
            }),
            2);
  EXPECT_EQ(PerProcess<Replaced>::get().number, 1);
}

}  // namespace

}  // namespace progeny::platform
