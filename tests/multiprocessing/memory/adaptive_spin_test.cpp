#include "multiprocessing/memory/adaptive_spin.hpp"
#include "platform/system/processor.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace progeny::multiprocessing::detail {

namespace {

// Looks that a wait takes that is in vain.
int looks_in_vain(AdaptiveSpin& spin) {
  int looks = 0;
  EXPECT_FALSE(spin.until([&looks] {
    ++looks;
    return false;
  }));
  return looks;
}

class Spinning : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!platform::has_several_processors()) {
      GTEST_SKIP() << "on one processor nothing happens while a process looks";
    }
  }
};

// How long a glance is, as the first wait of a spin without credit is one.
constexpr int longest_glance = 20;

TEST_F(Spinning, WatchesAtFirst) {
  int most = 0;
  for (int i = 0; i < 10; ++i) {  // Other work may end one watch early.
    AdaptiveSpin spin;
    most = std::max(most, looks_in_vain(spin));
  }
  EXPECT_GT(most, longest_glance);
}

TEST_F(Spinning, OnlyGlancesWhereWatchesAreInVain) {
  AdaptiveSpin spin;
  int least = looks_in_vain(spin);
  for (int i = 0; i < 1000 && least > longest_glance; ++i) {
    least = looks_in_vain(spin);
  }
  EXPECT_LE(least, longest_glance);
  EXPECT_GT(least, 1);
}

TEST_F(Spinning, SeesWhatHappensDuringAWatch) {
  for (int wanted = 1; wanted < 3 * longest_glance; ++wanted) {
    AdaptiveSpin spin;
    int looks = 0;
    const bool has_happened = spin.until([&] { return ++looks >= wanted; });
    EXPECT_TRUE(has_happened || looks < wanted) << wanted;
    EXPECT_TRUE(wanted > longest_glance / 2 || has_happened) << wanted;
  }
}

// The last wait of each is a glance, for want of credit.
TEST_F(Spinning, LooksSeldomWhereSeveralHaveCome) {
  AdaptiveSpin patient;
  for (int i = 0; i < 10; ++i) {
    patient.found(true);
  }
  AdaptiveSpin eager;
  for (int i = 0; i < 1000; ++i) {
    static_cast<void>(looks_in_vain(patient));
    static_cast<void>(looks_in_vain(eager));
  }
  EXPECT_LT(looks_in_vain(patient), looks_in_vain(eager));
}

}  // namespace

}  // namespace progeny::multiprocessing::detail
