#pragma once

// Processes that wait at a barrier.

#include "support/children/forked_child.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/synchronize/barrier.hpp>

#include <deque>
#include <functional>
#include <set>

namespace progeny::testing {

namespace mp = progeny::multiprocessing;

inline constexpr int broken = 20;  ///< The exit code of a party that gets BrokenBarrierError.

/// Waits at a barrier. Returns the caller's index, or `broken`.
inline int index_at(mp::Barrier barrier, const progeny::Timeout& timeout = {}) {
  try {
    return barrier.wait(timeout);
  } catch (const mp::BrokenBarrierError&) {
    return broken;
  }
}

/// Processes that wait at a barrier.
class Parties {
 public:
  /// Starts a process that calls `body`.
  void come(const std::function<int()>& body) { children_.emplace_back(body); }
  /// Waits for all processes and returns their exit codes.
  std::multiset<int> ends() {
    std::multiset<int> all;
    for (auto& child : children_) {
      all.insert(child.wait());
    }
    children_.clear();
    return all;
  }
  std::deque<ForkedChild>& children() { return children_; }

 private:
  std::deque<ForkedChild> children_;
};

/// Waits until so many parties wait.
inline bool await_waiting(const mp::Barrier& barrier, int number) {
  return eventually([&] { return barrier.n_waiting() == number; });
}

}  // namespace progeny::testing
