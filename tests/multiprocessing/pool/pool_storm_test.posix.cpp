// Workers that are killed, stopped, that exit and throw at random, under load: every result is
// right and comes exactly once.

#include "multiprocessing/pool/pools.hpp"
#include "support/program/let_pass.hpp"

#include <progeny/multiprocessing/pool.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

constexpr unsigned many_retries = 1000;

template <class Kind>
class PoolStorm : public progeny::testing::PoolTest {};
TYPED_TEST_SUITE(PoolStorm, progeny::testing::ProcessPools, progeny::testing::NameOfPool);

// How long a storm takes. The long form is a test of its own (CMakeLists.txt).
std::chrono::milliseconds duration() {
  const char* const seconds = std::getenv("PROGENY_STORM_SECONDS");
  return seconds != nullptr ? std::chrono::milliseconds(1000 * std::stoi(seconds)) : 1000ms;
}

// Throws for every 97th item. In one of some 300 calls it kills its own process, in another it
// exits. Which one is chance, so that a retry succeeds.
int maybe(int x) {
  thread_local std::minstd_rand random(
      static_cast<unsigned>(::getpid()) +
      static_cast<unsigned>(std::chrono::steady_clock::now().time_since_epoch().count()));
  if (x % 97 == 13) {
    throw std::range_error(std::to_string(x));
  }
  const auto dice = random() % 600;
  if (dice == 0) {
    ::kill(::getpid(), SIGKILL);
  } else if (dice == 1) {
    std::exit(3);
  }
  return 3 * x + 1;
}

/// Kills and stops workers until it is destroyed. A stopped one goes on after a while.
template <class Pool>
class Killer {
 public:
  explicit Killer(Pool& pool) : pool_(pool), thread_([this] { run(); }) {}
  Killer(const Killer&) = delete;
  Killer& operator=(const Killer&) = delete;
  ~Killer() {
    is_over_ = true;
    thread_.join();
  }

 private:
  // Only this pool's workers are children of the test, so a pid is one of them or none.
  void run() {
    std::minstd_rand random(7);
    while (!is_over_) {
      const auto pids = pool_.pids();
      if (!pids.empty()) {
        const int pid = pids[random() % pids.size()];
        const bool stops = random() % 2 == 0;
        ::kill(pid, stops ? SIGSTOP : SIGKILL);
        progeny::testing::let_pass(3ms);
        ::kill(pid, SIGCONT);
      }
    }
  }

  Pool& pool_;
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

void expect_answer(const mp::AsyncResult<int>& result, int x) {
  try {
    EXPECT_EQ(result.get(very_long), 3 * x + 1);
    EXPECT_NE(x % 97, 13);
  } catch (const std::range_error& error) {
    EXPECT_EQ(error.what(), std::to_string(x));
  }
}

TYPED_TEST(PoolStorm, EveryResultIsRight) {
  auto pool = TypeParam::make({.processes = 3});
  const Killer killer(pool);
  const auto end = std::chrono::steady_clock::now() + duration();
  while (std::chrono::steady_clock::now() < end) {
    std::vector<mp::AsyncResult<int>> results;
    for (int x = 0; x < 500; ++x) {
      results.push_back(pool.apply_async({.retries = many_retries}, maybe, x));
    }
    for (int x = 0; x < 500; ++x) {
      expect_answer(results[static_cast<std::size_t>(x)], x);
    }
  }
}

// Without retries each loss is reported once, and no other call is lost.
TYPED_TEST(PoolStorm, EveryLossIsReported) {
  auto pool = TypeParam::make({.processes = 2});
  const auto end = std::chrono::steady_clock::now() + duration();
  int losses = 0;
  while (std::chrono::steady_clock::now() < end) {
    std::atomic<int> answers{0};
    std::vector<mp::AsyncResult<int>> results;
    for (int x = 0; x < 500; ++x) {
      results.push_back(pool.apply_async(
          {.callback = [&](int) { ++answers; }, .error_callback = [&](const auto&) { ++answers; }},
          maybe,
          x));
    }
    for (int x = 0; x < 500; ++x) {
      try {
        expect_answer(results[static_cast<std::size_t>(x)], x);
      } catch (const mp::WorkerLost& lost) {
        EXPECT_TRUE(lost.signal() == SIGKILL || lost.exitcode() == 3) << lost.what();
        ++losses;
      }
    }
    EXPECT_EQ(answers, 500);
  }
  EXPECT_GT(losses, 0);
}

}  // namespace
