// The `main` of every test program: no test may leave anything behind.

#include "support/process_facts.hpp"

#include <gtest/gtest.h>

#include <cstddef>

namespace progeny::testing {

namespace {

/// Fails a test after which descriptors, children or threads are left that were not there before.
class LeakCheck : public ::testing::EmptyTestEventListener {
  void OnTestStart(const ::testing::TestInfo& /*info*/) override {
    descriptors_ = open_descriptors();
  }
  void OnTestEnd(const ::testing::TestInfo& /*info*/) override {
    // A thread of the library reaps those that a Popen was dropped over, so the last one may take
    // a moment to go.
    EXPECT_TRUE(eventually([] { return !has_child(); })) << "a child is left, unreaped or running";
    EXPECT_TRUE(eventually([this] { return open_descriptors() <= descriptors_ + tolerated; }))
        << "descriptors left open: " << open_descriptors() << ", before the test: " << descriptors_;
  }

  // The library's watcher of dropped children keeps one event for itself from its first use on.
  static constexpr std::size_t tolerated = 1;

  std::size_t descriptors_ = 0;
};

}  // namespace

}  // namespace progeny::testing

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  // Owned by googletest from here on.
  ::testing::UnitTest::GetInstance()->listeners().Append(
      new progeny::testing::LeakCheck);  // NOLINT(cppcoreguidelines-owning-memory): see above.
  return RUN_ALL_TESTS();
}
