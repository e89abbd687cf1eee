#pragma once

// A queue between threads: Python's `queue.Queue`, which is `multiprocessing.dummy.Queue`.

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/dummy/detail/waiting.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace progeny::multiprocessing::dummy {

/// Keyword arguments of `put` and `get`.
struct BlockOptions {
  /// Whether to wait at all.
  bool block = true;
  /// How long. Default: without a limit.
  Timeout timeout = {};
};

/// Values of any type that can be moved, in the order in which they were put. Copies of a queue are
/// the same queue.
///
/// - Python: `multiprocessing.dummy.Queue`, and `JoinableQueue`, which is the same there.
/// - Threads: safe.
/// - Example: examples/multiprocessing/dummy.cpp
template <class T>
class Queue {
 public:
  /// The type of the values.
  using value_type = T;

  /// Holds up to `maxsize` values; 0 and less: any number.
  explicit Queue(std::ptrdiff_t maxsize = 0) : state_(std::make_shared<State>(maxsize)) {}

  /// Puts a value.
  /// - Throws: `Full` if there was no room in time. The value is lost then.
  /// - Blocks: until there is room, unless `options` say otherwise.
  void put(T value, const BlockOptions& options = {}) {
    std::unique_lock lock(state_->mutex);
    const Timeout limit = options.block ? options.timeout : Timeout(std::chrono::seconds(0));
    if (!detail::await(state_->changed, lock, limit, [this] { return !state_->is_full(); })) {
      throw Full("the queue is full");
    }
    state_->values.push_back(std::move(value));
    ++state_->unfinished;
    state_->changed.notify_all();
  }
  /// The same, as Python's positions of the arguments.
  void put(T value, bool block, const Timeout& timeout = {}) {
    put(std::move(value), {.block = block, .timeout = timeout});
  }
  /// Puts a value without waiting.
  /// - Throws: `Full`.
  void put_nowait(T value) { put(std::move(value), {.block = false}); }

  /// Takes the value that was put first.
  /// - Throws: `Empty` if there was none in time.
  /// - Blocks: until there is one, unless `options` say otherwise.
  [[nodiscard]] T get(const BlockOptions& options = {}) {
    std::unique_lock lock(state_->mutex);
    const Timeout limit = options.block ? options.timeout : Timeout(std::chrono::seconds(0));
    if (!detail::await(state_->changed, lock, limit, [this] { return !state_->values.empty(); })) {
      throw Empty("the queue is empty");
    }
    T value = std::move(state_->values.front());
    state_->values.pop_front();
    state_->changed.notify_all();
    return value;
  }
  /// The same, as Python's positions of the arguments.
  [[nodiscard]] T get(bool block, const Timeout& timeout = {}) {
    return get({.block = block, .timeout = timeout});
  }
  /// Takes a value without waiting.
  /// - Throws: `Empty`.
  [[nodiscard]] T get_nowait() { return get({.block = false}); }

  /// How many values are in it.
  [[nodiscard]] std::size_t qsize() const {
    const std::lock_guard lock(state_->mutex);
    return state_->values.size();
  }
  /// Whether there are none.
  [[nodiscard]] bool empty() const { return qsize() == 0; }
  /// Whether there is no room.
  [[nodiscard]] bool full() const {
    const std::lock_guard lock(state_->mutex);
    return state_->is_full();
  }

  /// Waits until there is a value. Returns whether there is.
  /// - Blocks: until then, at most `timeout`.
  [[nodiscard]] bool await_value(const Timeout& timeout) const {
    std::unique_lock lock(state_->mutex);
    return detail::await(
        state_->changed, lock, timeout, [this] { return !state_->values.empty(); });
  }

  /// Says that a value which was got has been dealt with.
  /// - Throws: `ValueError` if it is called more often than `put`.
  void task_done() {
    const std::lock_guard lock(state_->mutex);
    if (state_->unfinished == 0) {
      throw ValueError("task_done() called too many times");
    }
    --state_->unfinished;
    state_->changed.notify_all();
  }
  /// Waits until all values have been dealt with. Returns whether they have.
  /// - Blocks: until then, at most `timeout`.
  bool join(const Timeout& timeout = {}) {
    std::unique_lock lock(state_->mutex);
    return detail::await(
        state_->changed, lock, timeout, [this] { return state_->unfinished == 0; });
  }

 private:
  struct State {
    explicit State(std::ptrdiff_t most) : maxsize(most) {}
    [[nodiscard]] bool is_full() const {
      return maxsize > 0 && values.size() >= static_cast<std::size_t>(maxsize);
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<T> values;
    std::size_t unfinished = 0;
    const std::ptrdiff_t maxsize;
  };

  std::shared_ptr<State> state_;
};

/// The same as `Queue`.
template <class T>
using JoinableQueue = Queue<T>;

/// The same as `Queue`.
/// - Python: `multiprocessing.SimpleQueue`; `dummy` has none.
template <class T>
using SimpleQueue = Queue<T>;

}  // namespace progeny::multiprocessing::dummy
