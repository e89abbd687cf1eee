#include "multiprocessing/methods.hpp"
#include "multiprocessing/synchronize/asleep.posix.hpp"
#include "support/children/forked_child.posix.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/format.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <stdexcept>

namespace {

using namespace std::chrono_literals;
using progeny::ValueError;
using progeny::testing::await_sleep;
using progeny::testing::ForkedChild;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

class Semaphores : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(Semaphores);

// MP-110
TEST(Semaphore, CountsDownAndUp) {
  mp::Semaphore semaphore(2);
  for (const int left : {2, 1}) {
    EXPECT_EQ(semaphore.get_value(), left);
    EXPECT_TRUE(semaphore.acquire());
  }
  EXPECT_EQ(semaphore.get_value(), 0);
  EXPECT_FALSE(semaphore.acquire(false));
  for (const int more : {1, 2, 3, 4}) {
    semaphore.release();
    EXPECT_EQ(semaphore.get_value(), more);
  }
  semaphore.release(3);
  EXPECT_EQ(semaphore.get_value(), 7);
  EXPECT_EQ(mp::Semaphore().get_value(), 1);
}

// MP-110
TEST_P(Semaphores, AreSharedWithOtherProcesses) {
  mp::Semaphore semaphore(0);
  auto process = started([](mp::Semaphore theirs) { theirs.release(2); }, semaphore);
  EXPECT_TRUE(semaphore.try_acquire_for(very_long));
  EXPECT_TRUE(semaphore.acquire(true, very_long));
  EXPECT_FALSE(semaphore.try_acquire());
  EXPECT_TRUE(process.join(very_long));
}

// MP-111
TEST(BoundedSemaphore, IsNotReleasedAboveItsBeginning) {
  mp::BoundedSemaphore semaphore(2);
  EXPECT_THROW(semaphore.release(), ValueError);
  EXPECT_EQ(semaphore.get_value(), 2);
  semaphore.acquire();
  EXPECT_THROW(semaphore.release(2), ValueError);
  EXPECT_EQ(semaphore.get_value(), 1);
  semaphore.release();
  EXPECT_THROW(mp::BoundedSemaphore(0).release(), ValueError);
}

// MP-111
TEST(Semaphore, HasLimits) {
  EXPECT_THROW(mp::Semaphore(-1), ValueError);
  EXPECT_THROW(mp::BoundedSemaphore(-1), ValueError);
  EXPECT_THROW(mp::Semaphore(std::int64_t{1} << 31), std::overflow_error);
  mp::Semaphore full(mp::Semaphore::max());
  EXPECT_THROW(full.release(), ValueError);
  EXPECT_EQ(full.get_value(), 2147483647);
  EXPECT_TRUE(full.acquire());
  EXPECT_THROW(full.release(2), ValueError);
  EXPECT_THROW(full.release(0), ValueError);
  EXPECT_THROW(full.release(std::int64_t{1} << 40), ValueError);
  full.release();
  EXPECT_EQ(full.get_value(), 2147483647);
}

// MP-111
TEST_P(Semaphores, OfTheBoundedKindStaySoInOtherProcesses) {
  const auto release = [](mp::BoundedSemaphore theirs) {
    try {
      theirs.release();
    } catch (const ValueError&) {
      throw mp::SystemExit(to_string(theirs) == "<BoundedSemaphore(value=1, maxvalue=1)>" ? 5 : 6);
    }
  };
  EXPECT_EQ(exitcode_of(release, mp::BoundedSemaphore(1)), 5);
}

// MP-105
TEST_P(Semaphores, WaitAsLongAsTheyAreTold) {
  const auto waits = [](mp::Semaphore theirs) {
    const auto begin = std::chrono::steady_clock::now();
    const bool any = theirs.acquire(false, 100s) || theirs.acquire(true, -1s) ||
                     theirs.acquire(true, 0s) || theirs.try_lock();
    const auto middle = std::chrono::steady_clock::now();
    const bool late = theirs.acquire(true, 100ms) || theirs.try_acquire_for(100ms);
    const auto took = std::chrono::steady_clock::now() - middle;
    throw mp::SystemExit(any || late || middle - begin > 10s || took < 190ms ? 1 : 0);
  };
  EXPECT_EQ(exitcode_of(waits, mp::Semaphore(0)), 0);
}

// MP-109
TEST(Semaphore, ShowsItsValue) {
  EXPECT_EQ(fmt::format("{}", mp::Semaphore(2)), "<Semaphore(value=2)>");
  EXPECT_EQ(fmt::format("{}", mp::BoundedSemaphore(3)), "<BoundedSemaphore(value=3, maxvalue=3)>");
}

// The names in the system's shared memory.
std::size_t names_of_shared_memory() {
  const std::filesystem::directory_iterator names("/dev/shm");
  return static_cast<std::size_t>(std::distance(begin(names), end(names)));
}

// MP-131: no name could be left over or collide.
TEST_P(Semaphores, HaveNoNames) {
  const auto before = names_of_shared_memory();
  mp::Semaphore in(0);
  mp::Semaphore out(0);
  auto process = started(
      [](mp::Semaphore come, mp::Semaphore go) {
        come.release();
        go.acquire();
      },
      in,
      out);
  EXPECT_TRUE(in.acquire(true, very_long));
  EXPECT_EQ(names_of_shared_memory(), before);
  out.release();
  EXPECT_TRUE(process.join(very_long));
}

// MP-108
TEST(Semaphore, ServesAsALock) {
  mp::Semaphore semaphore(1);
  {
    const std::scoped_lock guard(semaphore);
    EXPECT_EQ(semaphore.get_value(), 0);
  }
  EXPECT_EQ(semaphore.get_value(), 1);
}

TEST(Semaphore, WakesAsManyAsItIsReleasedFor) {
  mp::Semaphore semaphore(0);
  mp::Semaphore through(0);
  std::deque<ForkedChild> waiters;
  for (int i = 0; i < 6; ++i) {
    waiters.emplace_back([&] {
      semaphore.acquire();
      through.release();
      return 0;
    });
    EXPECT_TRUE(await_sleep(waiters.back().pid()));
  }
  semaphore.release(4);
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(through.acquire(true, very_long));
  }
  EXPECT_EQ(semaphore.get_value(), 0);
  EXPECT_FALSE(through.acquire(true, 50ms));
  semaphore.release(2);
  for (auto& waiter : waiters) {
    EXPECT_EQ(waiter.wait(), 0);
  }
}

// MP-120 says this of conditions.
TEST(Semaphore, LosesNothingToDeadWaiters) {
  mp::Semaphore semaphore(0);
  {
    std::deque<ForkedChild> doomed;
    for (int i = 0; i < 5; ++i) {
      doomed.emplace_back([&] { return semaphore.acquire() ? 0 : 1; });
      EXPECT_TRUE(await_sleep(doomed.back().pid()));
    }
  }
  ForkedChild alive([&] { return semaphore.acquire(true, very_long) ? 0 : 1; });
  EXPECT_TRUE(await_sleep(alive.pid()));
  semaphore.release();
  EXPECT_EQ(alive.wait(), 0);
  semaphore.release();
  EXPECT_EQ(semaphore.get_value(), 1);
  EXPECT_TRUE(semaphore.acquire(false));
}

}  // namespace
