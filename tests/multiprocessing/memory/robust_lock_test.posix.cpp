// A robust lock and the processes that sleep for it.

#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/shared_object.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

namespace {

using namespace std::chrono_literals;
using progeny::multiprocessing::detail::Acquired;
using progeny::multiprocessing::detail::RobustLock;
using progeny::multiprocessing::detail::Roster;
using progeny::multiprocessing::detail::SharedObject;
using progeny::testing::eventually;
using progeny::testing::ForkedChild;

class RobustLocks : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(lock().try_acquire(roster().me())); }

  [[nodiscard]] RobustLock& lock() const { return object_->as<RobustLock>(); }
  [[nodiscard]] Roster& roster() const { return object_->roster(); }

  // A process that sleeps for the lock, and has it from when it gets it until it ends.
  [[nodiscard]] ForkedChild patient() const {
    return ForkedChild([&] {
      static_cast<void>(lock().acquire(roster()));
      return static_cast<int>(lock().owner() == roster().me());
    });
  }

 private:
  std::shared_ptr<SharedObject> object_ = SharedObject::make(sizeof(RobustLock));
};

TEST_F(RobustLocks, GoToALongSleeperBeforeANewcomer) {
  auto sleeper = patient();
  ASSERT_TRUE(eventually([&] { return lock().is_reserved(); }));
  EXPECT_TRUE(lock().release());
  EXPECT_FALSE(lock().try_acquire(roster().me()));
  EXPECT_EQ(sleeper.wait(), 1) << "it has the lock at its end";
  EXPECT_EQ(lock().acquire(roster()), Acquired::from_dead_member);
  EXPECT_FALSE(lock().is_reserved());
}

TEST_F(RobustLocks, AreNotKeptForADeadSleeper) {
  {
    const auto sleeper = patient();
    ASSERT_TRUE(eventually([&] { return lock().is_reserved(); }));
  }
  EXPECT_TRUE(lock().release());
  EXPECT_FALSE(lock().release()) << "it is free";
  EXPECT_EQ(lock().owner(), 0U);
  EXPECT_EQ(lock().acquire(roster()), Acquired::yes);
  EXPECT_TRUE(lock().release());
  EXPECT_EQ(lock().acquire(roster(), 0s), Acquired::yes);
}

TEST_F(RobustLocks, AreAcquiredAtOnceIfTheSleeperTheyAreReservedForIsDead) {
  {
    const auto sleeper = patient();
    ASSERT_TRUE(eventually([&] { return lock().is_reserved(); }));
  }
  EXPECT_TRUE(lock().release());
  EXPECT_EQ(lock().acquire(roster(), 0s), Acquired::yes) << "without waiting";
}

}  // namespace
