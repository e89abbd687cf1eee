#pragma once

// Many values at once, in steps that stay in the processor's cache and let the other side begin.
// Not for users.

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/flat_message.hpp>
#include <progeny/multiprocessing/detail/queue_core.hpp>
#include <progeny/serial.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <vector>

namespace progeny::multiprocessing::detail {

/// The most values of a step, and about the most bytes.
inline constexpr std::size_t most_at_once = 256;
inline constexpr std::size_t most_bytes_at_once = std::size_t{32} << 10;
/// The most values for which memory is taken before they have come.
inline constexpr std::size_t most_in_advance = 4096;

/// Puts values one after the other. What was added last is put by `finish`.
template <class T>
class QueueSteps {
 public:
  QueueSteps(QueueCore& queue, bool block, const Timeout& timeout)
      : queue_(queue), block_(block), timeout_(timeout) {
    if (timeout.limited()) {
      begin_ = std::chrono::steady_clock::now();
    }
  }

  /// Returns false if there was no room for all up to now: then no more are to be added.
  [[nodiscard]] bool add(const T& value) {
    if constexpr (Flat<T>) {
      step_.append(FlatMessage(value));
    } else {
      step_.push_back(serial::encode(value));
    }
    ++waiting_;
    return !is_full() || put_step();
  }

  /// Returns how many have been put.
  [[nodiscard]] std::size_t finish() {
    if (waiting_ != 0) {
      static_cast<void>(put_step());
    }
    return done_;
  }

 private:
  using Step = std::conditional_t<Flat<T>, QueueBatch, std::vector<serial::Outgoing>>;

  [[nodiscard]] Timeout left() const {
    return timeout_.limited()
               ? Timeout(timeout_.limit() - (std::chrono::steady_clock::now() - begin_))
               : timeout_;
  }

  [[nodiscard]] bool is_full() const {
    if constexpr (Flat<T>) {
      if (step_.bytes.size() >= most_bytes_at_once) {
        return true;
      }
    }
    return waiting_ >= most_at_once;
  }

  [[nodiscard]] bool put_step() {
    std::size_t count = 0;
    try {
      count = queue_.put_many(step_, block_, left());
    } catch (const OSError&) {
      if (done_ == 0) {
        throw;
      }
    }
    const bool all = count == waiting_;
    done_ += count;
    waiting_ = 0;
    step_.clear();
    return all;
  }

  QueueCore& queue_;
  bool block_;
  Timeout timeout_;
  std::chrono::steady_clock::time_point begin_;
  Step step_;
  std::size_t waiting_ = 0;
  std::size_t done_ = 0;
};

/// Adds up to `most` small messages that are there to `values`. Returns how many.
template <class T>
std::size_t get_steps(QueueCore& queue, std::vector<T>& values, std::size_t most) {
  values.reserve(values.size() + std::min({most, queue.qsize(), most_in_advance}));
  QueueBatch step;
  std::size_t count = 0;
  while (count < most && queue.get_batch(step, std::min(most - count, most_at_once))) {
    std::size_t begin = 0;
    for (const std::size_t end : step.ends) {
      values.push_back(decode_message<T>(std::string_view(step.bytes).substr(begin, end - begin)));
      begin = end;
    }
    count += step.ends.size();
    step.clear();
  }
  return count;
}

}  // namespace progeny::multiprocessing::detail
