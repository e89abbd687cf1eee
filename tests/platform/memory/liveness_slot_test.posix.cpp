#include "platform/memory/anonymous_memory.hpp"
#include "platform/memory/liveness_slot.hpp"
#include "platform/memory/mapping.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <unistd.h>

namespace progeny::platform {

namespace {

using progeny::detail::Deadline;

// Slots that forked children share, and a word into which a child writes the number of its claim.
struct SharedSlots {
  Handle memory = make_anonymous_memory("progeny-test", page_size());
  Mapping mapping{memory.get(), page_size()};
  LivenessSlot* slots = reinterpret_cast<LivenessSlot*>(mapping.data());
  FutexWord* word = reinterpret_cast<FutexWord*>(mapping.data() + 2048);
};

// The body of a child: claims the first slot, writes the number into the word, then calls `then`.
int claim_and(const SharedSlots& shared, int (*then)()) {
  *shared.word = claim(shared.slots[0]);
  wake_all(*shared.word);
  return then();
}

std::uint32_t number_of(const SharedSlots& shared) {
  while (*shared.word == 0) {
    static_cast<void>(wait_on(*shared.word, 0, Deadline()));
  }
  return shared.word->exchange(0);
}

TEST(LivenessSlot, IsClaimedByOneAtATime) {
  const SharedSlots shared;
  const testing::ForkedChild child([&] { return claim_and(shared, ::pause); });
  const auto number = number_of(shared);
  EXPECT_NE(number, 0U);
  EXPECT_EQ(claim(shared.slots[0]), 0U);
  EXPECT_FALSE(is_over(shared.slots[0], number));
}

TEST(LivenessSlot, IsOverHoweverItsClaimerEnds) {
  for (const auto end : {+[] { return ::raise(SIGKILL); },
                         +[] { return 0; },
                         +[] { return ::execl("/bin/true", "true", nullptr); },
                         +[]() -> int { ::exit(0); }}) {
    const SharedSlots shared;
    testing::ForkedChild child([&] { return claim_and(shared, end); });
    const auto number = number_of(shared);
    static_cast<void>(child.wait());
    EXPECT_TRUE(is_over(shared.slots[0], number));
  }
}

TEST(LivenessSlot, WakesWhoWatches) {
  const SharedSlots shared;
  const testing::ForkedChild child([&] { return claim_and(shared, ::pause); });
  const auto number = number_of(shared);
  std::array<std::thread, 4> watchers;
  for (auto& watcher : watchers) {
    watcher = std::thread([&] {
      while (!is_over(shared.slots[0], number)) {
        const FutexWait wait = watch(shared.slots[0]);
        EXPECT_NE(wait_on(*wait.word, wait.expected, Deadline(Timeout(testing::very_long))),
                  FutexEnd::timed_out);
      }
      spread_end(shared.slots[0]);
    });
  }
  child.kill();
  for (auto& watcher : watchers) {
    watcher.join();
  }
}

TEST(LivenessSlot, IsGivenUpByItsThread) {
  const SharedSlots shared;
  const auto number = claim(shared.slots[0]);
  EXPECT_FALSE(is_over(shared.slots[0], number));
  const FutexWait wait = watch(shared.slots[0]);
  give_up(shared.slots[0]);
  EXPECT_TRUE(is_over(shared.slots[0], number));
  EXPECT_NE(*wait.word, wait.expected);
  const FutexWait late = watch(shared.slots[0]);
  EXPECT_NE(*late.word, late.expected) << "there is nothing to wait for";
  EXPECT_EQ(claim(shared.slots[0]), number + 2);
  give_up(shared.slots[0]);
}

TEST(LivenessSlot, EndsWithItsThread) {
  const SharedSlots shared;
  std::uint32_t number = 0;
  std::thread([&] {
    EXPECT_FALSE(is_main_thread());
    number = claim(shared.slots[0]);
  }).join();
  EXPECT_TRUE(testing::eventually([&] { return is_over(shared.slots[0], number); }));
  EXPECT_TRUE(is_main_thread());
}

TEST(LivenessSlot, IsAnothersAfterTheDead) {
  const SharedSlots shared;
  std::uint32_t last = 0;
  for (int generation = 0; generation < 100; ++generation) {
    testing::ForkedChild child([&] { return claim_and(shared, [] { return 0; }); });
    const auto number = number_of(shared);
    static_cast<void>(child.wait());
    EXPECT_GT(number, last);
    EXPECT_TRUE(is_over(shared.slots[0], last));
    last = number;
  }
}

TEST(LivenessSlot, IsNotAForkedChilds) {
  const SharedSlots shared;
  const auto number = claim(shared.slots[0]);
  testing::ForkedChild child([] { return 0; });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_FALSE(is_over(shared.slots[0], number)) << "the child's end is not its parent's";
  give_up(shared.slots[0]);
}

}  // namespace

}  // namespace progeny::platform
