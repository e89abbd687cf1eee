// The `main` of every test program without one of its own: no test may leave anything behind.

#include "support/program/leak_check.hpp"

#include <gtest/gtest.h>

#include <cstddef>

namespace {

// The library's watcher of dropped children keeps one event for itself from its first use on.
constexpr std::size_t kept_descriptors = 1;

}  // namespace

int main(int argc, char** argv) {
  using progeny::testing::LeakCheck;
  ::testing::InitGoogleTest(&argc, argv);
  // Owned by googletest from here on.
  ::testing::UnitTest::GetInstance()->listeners().Append(
      // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): see above.
      new LeakCheck(progeny::testing::open_descriptors, kept_descriptors));
  return RUN_ALL_TESTS();
}
