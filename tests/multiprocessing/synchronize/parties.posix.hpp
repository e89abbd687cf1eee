#pragma once

// Those who come to a barrier.

#include "support/forked_child.posix.hpp"
#include "support/process_facts.hpp"

#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/synchronize/barrier.hpp>

#include <deque>
#include <functional>
#include <set>

namespace progeny::testing {

namespace mp = progeny::multiprocessing;

inline constexpr int broken = 20;  ///< What a party ends with whom the barrier has turned away.

/// Its index, or `broken`.
inline int index_at(mp::Barrier barrier, const progeny::Timeout& timeout = {}) {
  try {
    return barrier.wait(timeout);
  } catch (const mp::BrokenBarrierError&) {
    return broken;
  }
}

/// Processes that come to a barrier.
class Parties {
 public:
  void come(const std::function<int()>& body) { children_.emplace_back(body); }
  /// What they end with.
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

inline bool await_waiting(const mp::Barrier& barrier, int number) {
  return eventually([&] { return barrier.n_waiting() == number; });
}

}  // namespace progeny::testing
