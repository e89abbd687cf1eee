#pragma once

// Python's `multiprocessing.SimpleQueue`.

#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/detail/queue_core.hpp>
#include <progeny/serial.hpp>

#include <memory>
#include <utility>

namespace progeny::multiprocessing::queues {

/// A queue with nothing but `put`, `get` and `empty`.
/// - Python: `multiprocessing.SimpleQueue`. Differs: `put` does not wait for who gets.
template <class T>
class SimpleQueue {
 public:
  /// What is put and got.
  using value_type = T;

  /// A new queue. Throws `OSError` if there is no memory or no descriptor.
  SimpleQueue() : core_(detail::QueueCore::make(0, detail::ClosedQueue::is_os_error)) {}

  /// As `Queue::put`; `OSError` after `close`.
  void put(const T& value) { detail::put_value(*core_, value, true, {}); }
  /// As `Queue::get`; `OSError` after `close`.
  [[nodiscard]] T get() { return detail::get_value<T>(*core_, true, {}); }
  /// Whether there is nothing in it. Throws `OSError` after `close`.
  [[nodiscard]] bool empty() const {
    core_->check_open();
    return core_->empty();
  }
  /// Ends the use of the queue by this object and its copies. Again is fine.
  void close() noexcept { core_->close(); }
  /// As `Queue::fileno`.
  [[nodiscard]] native_handle fileno() const { return core_->fileno(); }

 private:
  friend detail::QueueCodec<SimpleQueue>;
  explicit SimpleQueue(std::shared_ptr<detail::QueueCore> core) noexcept : core_(std::move(core)) {}
  [[nodiscard]] detail::QueueCore& core() const noexcept { return *core_; }

  std::shared_ptr<detail::QueueCore> core_;
};

}  // namespace progeny::multiprocessing::queues

namespace progeny::multiprocessing {

using queues::SimpleQueue;

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// The receiver's is the same queue.
template <class T>
struct Codec<multiprocessing::SimpleQueue<T>>
    : multiprocessing::detail::QueueCodec<multiprocessing::SimpleQueue<T>> {};

}  // namespace progeny::serial
