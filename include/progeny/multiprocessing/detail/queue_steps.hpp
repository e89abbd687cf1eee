#pragma once

// Many values at once. They cross in steps of some hundred, so that the bytes of a step stay in the
// processor's cache, and the other side can begin before all have been put. Not for users.

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/multiprocessing/detail/flat_message.hpp>
#include <progeny/multiprocessing/detail/message_view.hpp>
#include <progeny/multiprocessing/detail/queue_core.hpp>
#include <progeny/serial.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace progeny::multiprocessing::detail {

/// The most values of a step, and about the most bytes.
inline constexpr std::size_t most_at_once = 256;
inline constexpr std::size_t most_bytes_at_once = std::size_t{32} << 10;
/// The most values for which memory is taken before they have come.
inline constexpr std::size_t most_in_advance = 4096;

/// Puts values one after the other. The step that is not full yet is put by `finish`. Values that
/// are not put are dropped with this, and their claims given back.
template <class T>
class QueueSteps {
 public:
  QueueSteps(QueueCore& queue, const Timeout& timeout) : queue_(queue), timeout_(timeout) {
    if (timeout.limited()) {
      begin_ = std::chrono::steady_clock::now();
    }
  }

  /// Returns false if there was no room for all values up to now: then no more may be added.
  [[nodiscard]] bool add(const T& value) {
    if constexpr (Flat<T>) {
      step_.append(FlatMessage(value).view());
    } else {
      step_.push_back(serial::encode(value));
    }
    return !is_full() || put_step();
  }

  /// Returns how many have been put.
  [[nodiscard]] std::size_t finish() {
    if (!step_.empty()) {
      static_cast<void>(put_step());
    }
    return done_;
  }

 private:
  using Step = std::conditional_t<Flat<T>, MessageBatch, std::vector<serial::Outgoing>>;

  [[nodiscard]] Timeout left() const {
    if (!timeout_.limited()) {
      return timeout_;
    }
    // Not below zero first: less than the least duration is the largest one.
    const auto limit = std::max(timeout_.limit(), std::chrono::nanoseconds::zero());
    return Timeout(limit - (std::chrono::steady_clock::now() - begin_));
  }

  [[nodiscard]] bool is_full() const {
    if constexpr (Flat<T>) {
      if (step_.size_in_bytes() >= most_bytes_at_once) {
        return true;
      }
    }
    return step_.size() >= most_at_once;
  }

  // A lack of memory is an error only if nothing has been put: else the count tells.
  [[nodiscard]] bool put_step() {
    std::size_t count = 0;
    try {
      count = queue_.put_many(step_, left());
    } catch (const OSError&) {
      if (done_ == 0) {
        throw;
      }
    }
    const bool all = count == step_.size();
    done_ += count;
    step_.clear();
    return all;
  }

  QueueCore& queue_;
  Timeout timeout_;
  std::chrono::steady_clock::time_point begin_;
  Step step_;
  std::size_t done_ = 0;
};

/// Appends up to `most` small messages that are there to `values`. Returns how many.
template <class T>
std::size_t get_steps(QueueCore& queue, std::vector<T>& values, std::size_t most) {
  values.reserve(values.size() + std::min({most, queue.qsize(), most_in_advance}));
  MessageBatch step;
  std::size_t count = 0;
  while (count < most && queue.get_batch(step, std::min(most - count, most_at_once))) {
    for (std::size_t i = 0; i < step.size(); ++i) {
      values.push_back(decode_message<T>(step[i].body));
    }
    count += step.size();
    step.clear();
  }
  return count;
}

}  // namespace progeny::multiprocessing::detail
