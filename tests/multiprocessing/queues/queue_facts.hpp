#pragma once

// What tests put into queues, and how they empty them.

#include <progeny/multiprocessing/errors.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <numeric>
#include <vector>

namespace progeny::testing {

/// The numbers from `first` up to, but not including, `last`.
inline std::vector<int> numbers(int first, int last) {
  std::vector<int> made(static_cast<std::size_t>(last - first));
  std::iota(made.begin(), made.end(), first);
  return made;
}

/// Gets all numbers.
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

/// A type whose values cannot be encoded if they form a ring.
struct Chain {
  std::shared_ptr<Chain> next;
};

template <class Queue>
void put_one(Queue queue) {
  queue.put(1);
}

}  // namespace progeny::testing
