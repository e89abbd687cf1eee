#include "support/children/child_args.hpp"
#include "support/children/endings.hpp"
#include "support/program/rendezvous.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// What two threads that wait for one child get when a third one kills it.
struct TwoWaits {
  std::int64_t first = 0;
  std::int64_t second = 0;
};

TwoWaits wait_twice_and_kill(progeny::Timeout limit) {
  sp::Popen p(child("pause_until_killed"));
  TwoWaits got;
  Rendezvous waiting(3);
  {
    const std::jthread first([&] {
      waiting.arrive_and_wait();
      got.first = p.wait(limit);
    });
    const std::jthread second([&] {
      waiting.arrive_and_wait();
      got.second = p.wait(limit);
    });
    waiting.arrive_and_wait();
    p.kill();
  }
  EXPECT_EQ(p.wait(), returncode_of_kill());
  EXPECT_EQ(p.poll(), returncode_of_kill());
  return got;
}

// SP-132
TEST(WaitThreads, BothGetTheSignalThatAThirdThreadSent) {
  for (int i = 0; i < 200; ++i) {
    const TwoWaits got = wait_twice_and_kill({});
    ASSERT_EQ(got.first, returncode_of_kill()) << "round " << i;
    ASSERT_EQ(got.second, returncode_of_kill()) << "round " << i;
  }
}

// SP-132
TEST(WaitThreads, BothGetTheSignalUnderALimit) {
  for (int i = 0; i < 50; ++i) {
    const TwoWaits got = wait_twice_and_kill(very_long);
    ASSERT_EQ(got.first, returncode_of_kill()) << "round " << i;
    ASSERT_EQ(got.second, returncode_of_kill()) << "round " << i;
  }
}

// SP-133
TEST(WaitThreads, PollDoesNotBlockWhileAnotherThreadWaits) {
  sp::Popen p(child("pause_until_killed"));
  Rendezvous waiting(2);
  std::atomic<std::int64_t> got = 0;
  std::jthread waiter([&] {
    waiting.arrive_and_wait();
    got = p.wait();
  });
  waiting.arrive_and_wait();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(p.poll(), std::nullopt);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, very_long);
  p.kill();
  waiter.join();
  EXPECT_EQ(got, returncode_of_kill());
}

// SP-132
TEST(WaitThreads, AThreadThatTimesOutDoesNotDisturbTheOther) {
  sp::Popen p(child("exit_on_eof", "8"), {.std_in = sp::PIPE});
  std::int64_t got = 0;
  std::jthread waiter([&] { got = p.wait(); });
  EXPECT_THROW(p.wait(20ms), sp::TimeoutExpired);
  p.std_in().close();
  waiter.join();
  EXPECT_EQ(got, 8);
}

// SP-132, SP-143
TEST(WaitThreads, SignalsFromManyThreadsNeverFail) {
  for (int round = 0; round < 50; ++round) {
    sp::Popen p(child("pause_until_killed"));
    Rendezvous start(5);
    {
      std::vector<std::jthread> killers;
      killers.reserve(4);
      for (int i = 0; i < 4; ++i) {
        killers.emplace_back([&] {
          start.arrive_and_wait();
          EXPECT_NO_THROW(p.kill());
          p.poll();
        });
      }
      start.arrive_and_wait();
      EXPECT_EQ(p.wait(), returncode_of_kill());
    }
  }
}

}  // namespace
