#include "support/program/leak_check.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace progeny::testing {

LeakCheck::LeakCheck(std::function<std::size_t()> descriptors, std::size_t tolerated)
    : count_descriptors_(std::move(descriptors)), tolerated_(tolerated) {}

void LeakCheck::OnTestStart(const ::testing::TestInfo& /*info*/) {
  descriptors_ = count_descriptors_();
  threads_ = thread_count();
  children_ = children();
  names_ = shared_memory_names();
}

// Children come first: some of the rest is theirs.
void LeakCheck::OnTestEnd(const ::testing::TestInfo& /*info*/) {
  EXPECT_TRUE(eventually([this] { return children() == children_; }))
      << "a child is left, unreaped or running";
  EXPECT_TRUE(eventually([this] { return thread_count() <= threads_; }))
      << "threads left running: " << thread_count() << ", before the test: " << threads_;
  EXPECT_TRUE(eventually([this] { return count_descriptors_() <= descriptors_ + tolerated_; }))
      << "descriptors left open: " << count_descriptors_() << ", before the test: " << descriptors_;
  EXPECT_TRUE(eventually([this] { return names_left().empty(); }))
      << "shared memory that has kept its name: " << ::testing::PrintToString(names_left());
}

// Tests of other programs run at the same time. A name of theirs has a user, or goes within a
// moment.
bool LeakCheck::is_name_left(const std::string& name) const {
  return !names_.contains(name) && !is_used_by_others(name);
}

std::vector<std::string> LeakCheck::names_left() const {
  std::vector<std::string> left;
  std::ranges::copy_if(shared_memory_names(), std::back_inserter(left), [this](const auto& name) {
    return is_name_left(name);
  });
  return left;
}

}  // namespace progeny::testing
