// The `main` of the tests that start processes. Children enter here. A test fails if it leaves
// descriptors or children behind.

#include "multiprocessing/memory/heap.hpp"
#include "support/process_facts.hpp"
#include "support/process_facts.posix.hpp"

#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/forkserver.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/spawn.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace progeny::testing {

namespace {

// Without those of shared memory that the heap keeps to use again.
std::size_t descriptors_in_use() {
  return open_descriptors() - multiprocessing::detail::heap().facts().arenas;
}

/// Fails a test that leaves more descriptors or other children than there were before it.
class LeakCheck : public ::testing::EmptyTestEventListener {
  void OnTestStart(const ::testing::TestInfo& /*info*/) override {
    descriptors_ = descriptors_in_use();
    children_ = children();
  }
  void OnTestEnd(const ::testing::TestInfo& /*info*/) override {
    EXPECT_TRUE(eventually([this] { return children() == children_; })) << "a child is left";
    EXPECT_TRUE(eventually([this] { return descriptors_in_use() <= descriptors_; }))
        << "descriptors left open: " << descriptors_in_use()
        << ", before the test: " << descriptors_;
  }

  std::size_t descriptors_ = 0;
  std::vector<int> children_;
};

// Makes what lives as long as the process: the forkserver, the lifeline, and the roster of the
// processes that use locks.
void start_what_stays() {
  multiprocessing::forkserver::ensure_running();
  static_cast<void>(multiprocessing::Lock().try_lock());
  multiprocessing::Process first;
  first.start();
  first.join();
  multiprocessing::set_start_method({}, true);
}

}  // namespace

}  // namespace progeny::testing

int main(int argc, char** argv) {
  progeny::multiprocessing::freeze_support(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  progeny::testing::start_what_stays();
  // Owned by googletest from here on.
  ::testing::UnitTest::GetInstance()->listeners().Append(
      new progeny::testing::LeakCheck);  // NOLINT(cppcoreguidelines-owning-memory): see above.
  return RUN_ALL_TESTS();
}
