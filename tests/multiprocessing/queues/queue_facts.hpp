#pragma once

// What tests of queues put, and what they find.

#include <progeny/multiprocessing/errors.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <numeric>
#include <vector>

namespace progeny::testing {

/// From `first` on, without `last`.
inline std::vector<int> numbers(int first, int last) {
  std::vector<int> made(static_cast<std::size_t>(last - first));
  std::iota(made.begin(), made.end(), first);
  return made;
}

/// All that is in it.
template <class Queue>
std::vector<int> drain(Queue queue) {
  std::vector<int> got;
  try {
    for (;;) {
      got.push_back(queue.get(true, std::chrono::seconds(0)));
    }
  } catch (const multiprocessing::Empty&) {
    return got;
  }
}

/// What cannot be encoded if it is a ring.
struct Chain {
  std::shared_ptr<Chain> next;
};

template <class Queue>
void put_one(Queue queue) {
  queue.put(1);
}

}  // namespace progeny::testing
