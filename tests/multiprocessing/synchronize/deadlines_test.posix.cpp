// D2: every wait with the strangest durations and moments. What has passed looks once; what is
// beyond all clocks is no limit.

#include "support/children/forked_child.posix.hpp"

#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/queues.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <vector>

namespace {

using namespace std::chrono_literals;
using progeny::Timeout;
using progeny::multiprocessing::Barrier;
using progeny::multiprocessing::BrokenBarrierError;
using progeny::multiprocessing::Condition;
using progeny::multiprocessing::Event;
using progeny::multiprocessing::Lock;
using progeny::multiprocessing::RLock;
using progeny::multiprocessing::Semaphore;
namespace mp = progeny::multiprocessing;

constexpr std::chrono::duration<double> not_a_number(std::numeric_limits<double>::quiet_NaN());
constexpr std::chrono::duration<double> infinite(std::numeric_limits<double>::infinity());

const std::vector<Timeout>& over() {
  static const std::vector<Timeout> all{0s,
                                        -1s,
                                        std::chrono::nanoseconds::min(),
                                        std::chrono::hours::min(),
                                        std::chrono::duration<double>::min(),
                                        -infinite,
                                        not_a_number};
  return all;
}

const std::vector<Timeout>& endless() {
  static const std::vector<Timeout> all{Timeout(),
                                        std::chrono::nanoseconds::max(),
                                        std::chrono::nanoseconds::max() - 1ns,
                                        std::chrono::hours::max(),
                                        std::chrono::duration<double>::max(),
                                        infinite};
  return all;
}

template <class Clock>
void expect_past_moments_to_look_once(auto& lock) {
  using Point = typename Clock::time_point;
  using Rough = std::chrono::time_point<Clock, std::chrono::hours>;
  using Floating = std::chrono::time_point<Clock, std::chrono::duration<double>>;
  EXPECT_FALSE(lock.try_lock_until(Point::min()));
  EXPECT_FALSE(lock.try_lock_until(Point()));
  EXPECT_FALSE(lock.try_lock_until(Clock::now() - 1h));
  EXPECT_FALSE(lock.try_lock_until(Rough::min()));
  EXPECT_FALSE(lock.try_lock_until(Floating(-infinite)));
  EXPECT_FALSE(lock.try_lock_until(Floating(not_a_number)));
}

template <class Clock>
void expect_far_moments_to_wait(auto& lock) {
  using Point = typename Clock::time_point;
  using Rough = std::chrono::time_point<Clock, std::chrono::hours>;
  using Floating = std::chrono::time_point<Clock, std::chrono::duration<double>>;
  EXPECT_TRUE(lock.try_lock_until(Point::max()));
  lock.unlock();
  EXPECT_TRUE(lock.try_lock_until(Rough::max()));
  lock.unlock();
  EXPECT_TRUE(lock.try_lock_until(Floating(infinite)));
  lock.unlock();
}

// Another thread, since an RLock is free for its holder.
template <class AnyLock>
void expect_sane_deadlines(AnyLock lock) {
  expect_far_moments_to_wait<std::chrono::steady_clock>(lock);
  expect_far_moments_to_wait<std::chrono::system_clock>(lock);
  lock.lock();
  progeny::testing::ForkedChild other([&] {
    expect_past_moments_to_look_once<std::chrono::steady_clock>(lock);
    expect_past_moments_to_look_once<std::chrono::system_clock>(lock);
    EXPECT_FALSE(lock.try_lock_for(std::chrono::nanoseconds::min()));
    EXPECT_FALSE(lock.try_lock_for(std::chrono::hours::min()));
    EXPECT_FALSE(lock.try_lock_for(not_a_number));
    for (const Timeout& timeout : over()) {
      EXPECT_FALSE(lock.acquire(true, timeout));
    }
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  EXPECT_EQ(other.wait(), 0);
  lock.unlock();
  for (const Timeout& timeout : endless()) {
    EXPECT_TRUE(lock.acquire(true, timeout));
    lock.release();
  }
}

TEST(StrangeDeadlines, OfLocks) {
  expect_sane_deadlines(Lock());
  expect_sane_deadlines(RLock());
  expect_sane_deadlines(Semaphore());
  expect_sane_deadlines(Condition());
  expect_sane_deadlines(mp::BoundedSemaphore());
}

TEST(StrangeDeadlines, OfEventsConditionsAndBarriers) {
  Event event;
  Condition condition;
  condition.acquire();
  for (const Timeout& timeout : over()) {
    EXPECT_FALSE(event.wait(timeout));
    EXPECT_FALSE(condition.wait(timeout));
    EXPECT_FALSE(condition.wait_for([] { return false; }, timeout));
    Barrier barrier(2);
    EXPECT_THROW(barrier.wait(timeout), BrokenBarrierError);
    Barrier set(2, {.timeout = timeout});
    EXPECT_THROW(set.wait(), BrokenBarrierError);
  }
  event.set();
  for (const Timeout& timeout : endless()) {
    EXPECT_TRUE(event.wait(timeout));
    EXPECT_TRUE(condition.wait_for([] { return true; }, timeout));
    EXPECT_EQ(Barrier(1).wait(timeout), 0);
  }
  condition.release();
}

TEST(StrangeDeadlines, OfQueues) {
  mp::Queue<int> queue(1);
  for (const Timeout& timeout : over()) {
    EXPECT_THROW(static_cast<void>(queue.get({.timeout = timeout})), mp::Empty);
    EXPECT_EQ(queue.put_many(std::vector<int>{1}, {.timeout = timeout}), 1U);
    EXPECT_THROW(queue.put(2, {.timeout = timeout}), mp::Full);
    EXPECT_EQ(queue.put_many(std::vector<int>(1000, 1), {.timeout = timeout}), 0U);
    EXPECT_EQ(queue.get({.timeout = timeout}), 1);
  }
  for (const Timeout& timeout : endless()) {
    queue.put(3, {.timeout = timeout});
    EXPECT_EQ(queue.get({.timeout = timeout}), 3);
  }
}

TEST(StrangeDeadlines, OfConnectionsAndProcesses) {
  auto [ours, theirs] = mp::Pipe();
  mp::Process process([&connection = theirs] { static_cast<void>(connection.recv_bytes()); });
  process.start();
  for (const Timeout& timeout : over()) {
    EXPECT_FALSE(ours.poll(timeout));
    EXPECT_TRUE(mp::connection::wait({ours}, timeout).empty());
    EXPECT_FALSE(process.join(timeout));
  }
  ours.send_bytes("end");
  for (const Timeout& timeout : endless()) {
    EXPECT_TRUE(process.join(timeout));
  }
  theirs.send_bytes("word");
  for (const Timeout& timeout : endless()) {
    EXPECT_TRUE(ours.poll(timeout));
  }
}

}  // namespace
