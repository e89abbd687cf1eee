#pragma once

// Queues between processes: Python's `multiprocessing.Queue` and `JoinableQueue`.

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/detail/ranges.hpp>
#include <progeny/multiprocessing/detail/queue_core.hpp>
#include <progeny/multiprocessing/detail/queue_message.hpp>
#include <progeny/multiprocessing/detail/queue_steps.hpp>
#include <progeny/multiprocessing/errors.hpp>  // IWYU pragma: export (Empty and Full)
#include <progeny/serial.hpp>
#include <progeny/serial/reader.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::queues {

/// Keyword arguments of `put` and `get`.
struct BlockOptions {
  /// Whether to wait at all. If not, `timeout` is ignored.
  bool block = true;
  /// The longest wait. Default: no limit. Zero and negative values mean "look once".
  Timeout timeout = {};
};

/// A string that was got and still lies in the queue's memory, if it is large. The memory is used
/// for other messages once this is destroyed.
///
/// - Threads: one at a time.
template <class T>
class View {
 public:
  /// Only for `Queue::get_view`.
  explicit View(detail::QueueMessage message) : message_(std::move(message)) {
    serial::Reader reader(message_.bytes(), {}, serial::type_name<T>);
    reader.expect_fingerprint(serial::detail::fingerprint<T>);
    bytes_ = reader.view_bytes(reader.read_count(1));
    reader.expect_end();
  }
  /// The bytes of the string, borrowed from this.
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

 private:
  detail::QueueMessage message_;
  std::string_view bytes_;
};

/// A first-in, first-out queue that any number of processes and threads put to and get from. Each
/// value is got once, in the order of the puts.
///
/// Objects are references, as in Python: a copy is the same queue, also in another process, where
/// it comes as an argument of a `Process`, over a local connection, or in another queue.
///
/// `put` encodes the value and stores it in shared memory. So the value outlives the producer, and
/// no feeder thread is needed. Killing a process loses at most the message it was handling; the
/// others go on.
///
/// The memory grows with what is in the queue (by 128 KiB, up to 16 GiB), and so does the address
/// space that each process takes for it. It is used again; after a peak, all but some 16 MiB is
/// given back. It has no name, and is freed with the last process that has the queue.
///
/// - Python: `multiprocessing.Queue`. Differs: `T` is one type; `put` itself throws if the value
///   cannot be encoded; `join_thread` and `cancel_join_thread` have nothing to do.
/// - Throws: `OSError` from every method if the memory is no longer that of a queue.
/// - Threads: safe. Signal handlers of the host do not interrupt a wait.
/// - Platforms: Linux.
template <class T>
class Queue {
 public:
  /// The type of what is put and got.
  using value_type = T;

  /// Makes a queue for `maxsize` values; if that is 0 or less, for as many as memory holds.
  /// - Throws: `OSError` if there is no memory or no descriptor (it takes two); `ValueError` if
  ///   `maxsize` is above 2147483647.
  explicit Queue(std::ptrdiff_t maxsize = 0)
      : Queue(detail::QueueCore::make(maxsize, detail::ClosedQueue::is_value_error)) {}

  /// The same as `put(value, {.block = block, .timeout = timeout})`.
  void put(const T& value, bool block, const Timeout& timeout = {}) {
    put(value, {.block = block, .timeout = timeout});
  }
  /// Puts a value.
  /// - Python: `Queue.put`. Differs: the value is encoded and stored when this returns.
  /// - Throws: `Full` if there was no room in time; `ValueError` after `close`; `OSError` if there
  ///   is no memory; what encoding the value throws. Then nothing was put.
  /// - Blocks: while the queue is full. A process that is stopped in `put` adds up to 50 ms.
  void put(const T& value, const BlockOptions& options = {}) {
    detail::put_value(*core_, value, wait_of(options));
  }
  /// Puts a value if there is room.
  /// - Throws: as `put`.
  void put_nowait(const T& value) { put(value, {.block = false}); }

  /// Puts values in steps of some hundred, or fewer as room becomes free. Values of other producers
  /// may come between two steps.
  /// - Returns: how many were put: fewer than all if there was no room in time, or no more memory.
  /// - Throws: as `put`, if none was put.
  /// - Blocks: as `put`; the timeout counts for all values together.
  template <std::ranges::input_range Range>
    requires std::convertible_to<std::ranges::range_reference_t<Range>, const T&>
  std::size_t put_many(const Range& values, const BlockOptions& options = {}) {
    detail::QueueSteps<T> steps(*core_, wait_of(options));
    for (const T& value : values) {
      if (!steps.add(value)) {
        break;
      }
    }
    return steps.finish();
  }

  /// The same as `get({.block = block, .timeout = timeout})`.
  [[nodiscard]] T get(bool block, const Timeout& timeout = {}) {
    return get({.block = block, .timeout = timeout});
  }
  /// Gets the next value.
  /// - Python: `Queue.get`.
  /// - Throws: `Empty` if none came in time; `ValueError` after `close`; `serial::DecodeError` if
  ///   the value is no `T`; `OSError` if a handle in it is gone because its producer has ended.
  /// - Blocks: while the queue is empty. A process that is stopped in `get` adds up to 50 ms.
  [[nodiscard]] T get(const BlockOptions& options = {}) {
    return detail::get_value<T>(*core_, wait_of(options));
  }
  /// The same as `get({.timeout = timeout})`: `q.get(1s)`.
  template <class Rep, class Period>
  [[nodiscard]] T get(std::chrono::duration<Rep, Period> timeout) {
    return get({.timeout = timeout});
  }
  /// Gets a value if there is one.
  /// - Throws: as `get`.
  [[nodiscard]] T get_nowait() { return get({.block = false}); }

  /// Gets up to `most` values: waits for the first, then takes others that are there, in steps of
  /// some hundred. Other consumers may get values between two steps.
  /// - Returns: at least one value, unless `most` is 0.
  /// - Throws: as `get`.
  /// - Blocks: while the queue is empty.
  [[nodiscard]] std::vector<T> get_many(std::size_t most, const BlockOptions& options = {}) {
    std::vector<T> values;
    if (most != 0 && detail::get_steps(*core_, values, most) == 0) {
      values.push_back(get(options));
      static_cast<void>(detail::get_steps(*core_, values, most - 1));
    }
    return values;
  }

  /// Gets the next string without copying it out of the queue's memory, if it is large.
  /// - Throws: as `get`.
  /// - Blocks: while the queue is empty.
  [[nodiscard]] View<T> get_view(const BlockOptions& options = {})
    requires std::same_as<T, std::string>
  {
    detail::QueueMessage message;
    core_->get(message, wait_of(options));
    return View<T>(std::move(message));
  }

  /// How many values are in the queue. Other processes may change that at once.
  /// - Python: `Queue.qsize`. Differs: exact at the moment of the call.
  [[nodiscard]] std::size_t qsize() const { return core_->qsize(); }
  /// Whether there is no value in the queue.
  /// - Throws: `OSError` after `close`, if the queue has ever been used.
  [[nodiscard]] bool empty() const { return core_->empty(); }
  /// Whether there are `maxsize` values in the queue.
  [[nodiscard]] bool full() const { return core_->full(); }

  /// Ends the use of the queue by this object and its copies in this process. Again is fine.
  void close() noexcept { core_->close(); }
  /// Returns at once: what was put has been stored already.
  /// - Throws: `UsageError` before `close`.
  void join_thread() { core_->join_thread(); }
  /// Does nothing, as there is no thread.
  void cancel_join_thread() noexcept {}

  /// A handle that is readable while there are values, for `connection::wait` and event loops.
  ///
  /// From the first call on, in any process, each put and get costs one system call more. If a
  /// producer is killed just after putting, the handle becomes readable only at the next call or
  /// put.
  /// - Throws: `ValueError` after `close`.
  [[nodiscard]] native_handle fileno() const { return core_->fileno(); }

 protected:
  friend detail::QueueCodec<Queue>;
  /// The queue with this core.
  explicit Queue(std::shared_ptr<detail::QueueCore> core) noexcept : core_(std::move(core)) {}
  /// The byte-level core that copies of this object share.
  [[nodiscard]] detail::QueueCore& core() const noexcept { return *core_; }

 private:
  [[nodiscard]] static Timeout wait_of(const BlockOptions& options) noexcept {
    return progeny::detail::timeout_if(options.block, options.timeout);
  }

  std::shared_ptr<detail::QueueCore> core_;
};

/// A queue that counts finished tasks, so that a process can wait until all values that were put
/// have been dealt with.
///
/// - Python: `multiprocessing.JoinableQueue`. All else is as in `Queue`.
template <class T>
class JoinableQueue : public Queue<T> {
 public:
  using Queue<T>::Queue;

  /// Says that one value that was got has been dealt with.
  /// - Throws: `ValueError` if it is called more often than values have been put.
  void task_done() { this->core().task_done(); }
  /// Waits until `task_done` has been called for all values that were put.
  /// - Python: `JoinableQueue.join`. Differs: it can take a timeout.
  /// - Returns: whether that came in time.
  /// - Blocks: until then.
  bool join(const Timeout& timeout = {}) { return this->core().join(timeout); }

 private:
  friend detail::QueueCodec<JoinableQueue>;
};

}  // namespace progeny::multiprocessing::queues

namespace progeny::multiprocessing {

using queues::JoinableQueue;
using queues::Queue;

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// A queue travels as a reference: the receiver has the same queue.
template <class T>
struct Codec<multiprocessing::Queue<T>>
    : multiprocessing::detail::QueueCodec<multiprocessing::Queue<T>> {};

/// A queue travels as a reference: the receiver has the same queue.
template <class T>
struct Codec<multiprocessing::JoinableQueue<T>>
    : multiprocessing::detail::QueueCodec<multiprocessing::JoinableQueue<T>> {};

}  // namespace progeny::serial
