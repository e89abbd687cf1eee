// A short run of what `./dev soak killer` does for minutes.

#include "soak/killer.posix.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace progeny::testing {

namespace {

using namespace std::chrono_literals;

// MP-120, MP-121
TEST(Killer, OfProcessesThatSynchroniseLeavesTheOthersAble) {
  for (const auto& subject : synchronize_subjects()) {
    EXPECT_EQ(kill_participants_of(*subject, 800ms), "") << subject->name();
  }
}

// MP-099
TEST(Killer, OfProcessesThatUseAQueueLeavesTheOthersAble) {
  for (const auto& subject : queue_subjects()) {
    EXPECT_EQ(kill_participants_of(*subject, 800ms), "") << subject->name();
  }
}

TEST(Killer, OfProcessesThatUseASharedPipeLeavesTheOthersAble) {
  EXPECT_EQ(kill_participants_of(*pipe_subject(), 2s), "");
  EXPECT_EQ(kill_participants_of(*stopped_pipe_subject(), 3s), "");
}

}  // namespace

}  // namespace progeny::testing
