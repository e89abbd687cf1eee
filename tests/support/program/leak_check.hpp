#pragma once

// No test may leave anything behind.

#include "support/system/process_facts.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace progeny::testing {

/// Fails a test after which this process has more than before it: descriptors, children, threads or
/// names of shared memory. What goes by itself, such as the thread that reaps dropped children, is
/// given the time it takes.
class LeakCheck : public ::testing::EmptyTestEventListener {
 public:
  /// `descriptors` counts those of this process that a test answers for. `tolerated` of them may
  /// stay open.
  explicit LeakCheck(std::function<std::size_t()> descriptors = open_descriptors,
                     std::size_t tolerated = 0);

 private:
  void OnTestStart(const ::testing::TestInfo& info) override;
  void OnTestEnd(const ::testing::TestInfo& info) override;

  [[nodiscard]] bool is_name_left(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> names_left() const;

  std::function<std::size_t()> count_descriptors_;
  std::size_t tolerated_;

  // From the start of the test.
  std::size_t descriptors_ = 0;
  std::size_t threads_ = 0;
  std::vector<int> children_;
  std::set<std::string> names_;
};

}  // namespace progeny::testing
