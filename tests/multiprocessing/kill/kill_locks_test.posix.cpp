// A process is killed at each of its instructions while it acquires and releases a lock.

#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/shared_object.hpp"
#include "multiprocessing/synchronize/asleep.posix.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/faults/single_step.posix.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>

namespace progeny::testing {

namespace {

using namespace std::chrono_literals;
using multiprocessing::detail::Acquired;
using multiprocessing::detail::RobustLock;
using multiprocessing::detail::Roster;
using multiprocessing::detail::SharedObject;
using Clock = std::chrono::steady_clock;

class LockScene : public Scene {
 public:
  void prepare() override { static_cast<void>(roster().me()); }
  void operate() override {
    static_cast<void>(lock().acquire(roster()));
    lock().release();
  }
  void check(bool /*is_done*/) override { expect_to_be_had(); }
  [[nodiscard]] std::span<const std::byte> shared() const override {
    return {reinterpret_cast<const std::byte*>(&lock()), sizeof(RobustLock)};
  }

 protected:
  [[nodiscard]] RobustLock& lock() const { return object_->as<RobustLock>(); }
  [[nodiscard]] Roster& roster() const { return object_->roster(); }

  void expect_to_be_had() const {
    const bool had_owner = lock().owner() != 0;
    const auto begin = Clock::now();
    const Acquired acquired = lock().acquire(roster(), 1s);
    EXPECT_LT(Clock::now() - begin, 1s);
    EXPECT_EQ(acquired, had_owner ? Acquired::from_dead_member : Acquired::yes);
    EXPECT_TRUE(lock().release());
    EXPECT_EQ(lock().acquire(roster(), 0s), Acquired::yes);
    EXPECT_TRUE(lock().release());
  }

 private:
  std::shared_ptr<SharedObject> object_ = SharedObject::make(sizeof(RobustLock));
};

TEST(KilledWithALock, LeavesItToTheNext) {
  kill_everywhere([] { return std::make_unique<LockScene>(); });
}

class ReleaseScene : public LockScene {
 public:
  explicit ReleaseScene(int& late) : late_(late) {}
  void prepare() override { static_cast<void>(lock().acquire(roster())); }
  void operate() override { lock().release(); }
  void begin(int /*pid*/) override {
    sleeper_.emplace([this] { return lock().acquire(roster()) == Acquired::no ? 1 : 0; });
    ASSERT_TRUE(await_sleep(sleeper_->pid()));
  }
  void check(bool /*is_done*/) override {
    const auto begin = Clock::now();
    EXPECT_EQ(sleeper_->wait(), 0);
    const auto time = Clock::now() - begin;
    EXPECT_LT(time, 1s);
    late_ += time > 200ms ? 1 : 0;
    expect_to_be_had();
  }

 private:
  int& late_;
  std::optional<ForkedChild> sleeper_;
};

TEST(KilledWithALock, WakesTheProcessThatSleepsForIt) {
  int late = 0;
  kill_everywhere([&] { return std::make_unique<ReleaseScene>(late); });
  // The kernel has woken the sleeper; it did not have to look again by the clock. A few may be
  // late, as the machine may be slow.
  EXPECT_LT(late, 5);
}

// The process that is killed waits in vain for a lock that this process has.
class AcquireScene : public LockScene {
 public:
  AcquireScene() { EXPECT_TRUE(lock().try_acquire(roster().me())); }
  void operate() override { static_cast<void>(lock().acquire(roster(), 20ms)); }
  void check(bool /*is_done*/) override {
    EXPECT_TRUE(lock().release());
    expect_to_be_had();
  }
};

TEST(KilledWhileItSleeps, LeavesTheLockFree) {
  kill_everywhere([] { return std::make_unique<AcquireScene>(); }, Moments::told);
}

}  // namespace

}  // namespace progeny::testing
