#include "multiprocessing/methods.hpp"
#include "multiprocessing/synchronize/asleep.posix.hpp"
#include "support/children/forked_child.posix.hpp"

#include <progeny/multiprocessing/format.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <fmt/format.h>

#include <chrono>
#include <deque>
#include <string>

namespace {

using namespace std::chrono_literals;
using progeny::testing::await_sleep;
using progeny::testing::ForkedChild;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

class Events : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(Events);

// MP-122
TEST(Event, IsSetAndCleared) {
  mp::Event event;
  EXPECT_FALSE(event.is_set());
  EXPECT_FALSE(event.wait(0s));
  EXPECT_FALSE(event.wait(-1s));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(event.wait(100ms));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 100ms);
  for (int twice = 0; twice < 2; ++twice) {
    event.set();
    event.set();
    EXPECT_TRUE(event.is_set());
    EXPECT_TRUE(event.wait(0s));
    EXPECT_TRUE(event.wait());
    event.clear();
    event.clear();
    EXPECT_FALSE(event.is_set());
    EXPECT_FALSE(event.wait(0s));
  }
}

// MP-122
TEST_P(Events, AreSetByAnotherProcess) {
  const mp::Event event;
  mp::Event answer;
  auto process = started(
      [](mp::Event theirs, mp::Event back) {
        theirs.set();
        back.wait();
        theirs.clear();
      },
      event,
      answer);
  EXPECT_TRUE(event.wait(very_long));
  EXPECT_TRUE(event.is_set());
  answer.set();
  EXPECT_TRUE(process.join(very_long));
  EXPECT_FALSE(event.is_set());
}

// MP-109
TEST(Event, ShowsWhetherItIsSet) {
  mp::Event event;
  EXPECT_TRUE(to_string(event).starts_with("<Event at 0x"));
  EXPECT_TRUE(fmt::format("{}", event).ends_with(" unset>"));
  event.set();
  EXPECT_TRUE(fmt::format("{}", event).ends_with(" set>"));
}

// MP-123
TEST(Event, TellsThoseWhoWaitOfAPulse) {
  mp::Event event;
  std::deque<ForkedChild> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.emplace_back([&] { return event.wait(very_long) ? 0 : 1; });
    EXPECT_TRUE(await_sleep(waiters.back().pid()));
  }
  event.set();
  event.clear();
  for (auto& waiter : waiters) {
    EXPECT_EQ(waiter.wait(), 0);
  }
}

// MP-120 says this of conditions.
TEST(Event, DoesNotMindDeadWaiters) {
  mp::Event event;
  {
    const ForkedChild doomed([&] { return event.wait() ? 0 : 1; });
    EXPECT_TRUE(await_sleep(doomed.pid()));
  }
  ForkedChild alive([&] { return event.wait(very_long) ? 0 : 1; });
  EXPECT_TRUE(await_sleep(alive.pid()));
  event.set();
  EXPECT_EQ(alive.wait(), 0);
}

}  // namespace
