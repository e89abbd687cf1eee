#pragma once

// The simplest queue between processes: Python's `multiprocessing.SimpleQueue`.

#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/detail/queue_core.hpp>
#include <progeny/serial.hpp>

#include <memory>
#include <utility>

namespace progeny::multiprocessing::queues {

/// A queue that has only `put`, `get` and `empty`. It has no limit.
///
/// - Python: `multiprocessing.SimpleQueue`. Differs: `put` never waits for a consumer.
/// - Threads: safe.
/// - Platforms: Linux.
template <class T>
class SimpleQueue {
 public:
  /// The type of what is put and got.
  using value_type = T;

  /// Makes a queue.
  /// - Throws: `OSError` if there is no memory or no descriptor (it takes two).
  SimpleQueue() : core_(detail::QueueCore::make(0, detail::ClosedQueue::is_os_error)) {}

  /// Puts a value.
  /// - Throws: `OSError` after `close`, or if there is no memory; what encoding the value throws.
  void put(const T& value) { detail::put_value(*core_, value, {}); }
  /// Gets the next value.
  /// - Throws: `OSError` after `close`; otherwise as `Queue::get`.
  /// - Blocks: while the queue is empty.
  [[nodiscard]] T get() { return detail::get_value<T>(*core_, {}); }
  /// Whether there is no value in the queue.
  /// - Throws: `OSError` after `close`.
  [[nodiscard]] bool empty() const {
    core_->check_open();
    return core_->empty();
  }
  /// Ends the use of the queue by this object and its copies in this process. Again is fine.
  void close() noexcept { core_->close(); }
  /// A handle that is readable while there are values: as `Queue::fileno`.
  /// - Throws: `OSError` after `close`.
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

/// A queue travels as a reference: the receiver has the same queue.
template <class T>
struct Codec<multiprocessing::SimpleQueue<T>>
    : multiprocessing::detail::QueueCodec<multiprocessing::SimpleQueue<T>> {};

}  // namespace progeny::serial
