#pragma once

// Queues between processes: Python's `multiprocessing.Queue` and `JoinableQueue`.

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/detail/ranges.hpp>
#include <progeny/multiprocessing/detail/queue_core.hpp>
#include <progeny/multiprocessing/detail/queue_steps.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/serial.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::queues {

/// Keyword arguments of `put` and `get`.
struct BlockOptions {
  /// Whether to wait at all; if not, `timeout` means nothing.
  bool block = true;
  /// The longest to wait; by default as long as it takes. Negative is as 0: look once.
  Timeout timeout = {};
};

/// A large message as it lies in the queue's memory, which is used for others once this is
/// destroyed.
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
  /// Its bytes, borrowed.
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

 private:
  detail::QueueMessage message_;
  std::string_view bytes_;
};

/// Values that any number of processes put at one end and get at the other, each once and in the
/// order in which they were put.
///
/// Objects are references, as in Python: a copy is the same queue, also one that has travelled to
/// another process: as an argument of a `Process`, over a local connection, in another queue. A
/// value is encoded when it is put, and lies in shared memory from then on: nothing is lost with
/// the process that has put it, and no thread is needed. Whoever is killed, at whatever moment, the
/// others go on; at most the message that was in his hands is missing.
///
/// The memory grows with what is in the queue (by 128 KiB, up to 16 GiB), is used again, and has no
/// name: it goes with the last process that has the queue.
///
/// - Python: `multiprocessing.Queue`. Differs: `T` is one type; a value that cannot be encoded
///   makes `put` throw; `join_thread` and `cancel_join_thread` have nothing to do.
/// - Throws: every method: `OSError` if the memory is not that of a queue any more. `put`:
///   `OSError` if there is no memory for the value; then nothing was put.
/// - Threads: safe. Signal handlers of the host do not interrupt a wait.
/// - Platforms: Linux.
template <class T>
class Queue {
 public:
  /// What is put and got.
  using value_type = T;

  /// A new queue for `maxsize` values, or, if that is 0 or less, for as many as memory holds.
  /// - Throws: `OSError` if there is no memory or no descriptor (it takes two); `ValueError` for
  ///   more than 2147483647.
  explicit Queue(std::ptrdiff_t maxsize = 0)
      : Queue(detail::QueueCore::make(maxsize, detail::ClosedQueue::is_value_error)) {}

  /// As `put(value, {.block = block, .timeout = timeout})`.
  void put(const T& value, bool block, const Timeout& timeout = {}) {
    put(value, {.block = block, .timeout = timeout});
  }
  /// Puts a value, and waits for room if the queue is full.
  /// - Throws: `Full` if there was no room in time; `ValueError` after `close`; what encoding the
  ///   value throws.
  void put(const T& value, const BlockOptions& options = {}) {
    detail::put_value(*core_, value, options.block, options.timeout);
  }
  /// Puts a value if there is room. Throws as `put`.
  void put_nowait(const T& value) { put(value, {.block = false}); }

  /// Puts values in steps of some hundred, or fewer as room becomes free; others' values may come
  /// between those of two steps. Returns how many were put in time and found memory.
  /// - Throws: as `put`, if not one was put.
  template <std::ranges::input_range Range>
    requires std::convertible_to<std::ranges::range_reference_t<Range>, const T&>
  std::size_t put_many(const Range& values, const BlockOptions& options = {}) {
    detail::QueueSteps<T> steps(*core_, options.block, options.timeout);
    for (const T& value : values) {
      if (!steps.add(value)) {
        break;
      }
    }
    return steps.finish();
  }

  /// As `get({.block = block, .timeout = timeout})`.
  [[nodiscard]] T get(bool block, const Timeout& timeout = {}) {
    return get({.block = block, .timeout = timeout});
  }
  /// Gets the next value, and waits for it.
  /// - Throws: `Empty` if none came in time; `ValueError` after `close`; `serial::DecodeError` if
  ///   what came is no `T`, and `OSError` if a handle in it is gone with the process that put it.
  [[nodiscard]] T get(const BlockOptions& options = {}) {
    return detail::get_value<T>(*core_, options.block, options.timeout);
  }
  /// Gets a value if there is one. Throws as `get`.
  [[nodiscard]] T get_nowait() { return get({.block = false}); }

  /// Gets up to `most` values: waits for the first as `get` does, and takes what else is there, in
  /// steps of some hundred, between which others may get theirs.
  [[nodiscard]] std::vector<T> get_many(std::size_t most, const BlockOptions& options = {}) {
    std::vector<T> values;
    if (most != 0 && detail::get_steps(*core_, values, most) == 0) {
      values.push_back(get(options));
      static_cast<void>(detail::get_steps(*core_, values, most - 1));
    }
    return values;
  }

  /// Gets the next value as it lies in shared memory, if it is large, for queues of strings.
  /// - Throws: as `get`.
  [[nodiscard]] View<T> get_view(const BlockOptions& options = {})
    requires std::same_as<T, std::string>
  {
    detail::QueueMessage message;
    core_->get(message, options.block, options.timeout);
    return View<T>(std::move(message));
  }

  /// How many values are in the queue. Others may put and get meanwhile.
  [[nodiscard]] std::size_t qsize() const { return core_->qsize(); }
  /// Whether there is none.
  /// - Throws: `OSError` after `close`, if the queue has ever been used.
  [[nodiscard]] bool empty() const { return core_->empty(); }
  /// Whether there are `maxsize`.
  [[nodiscard]] bool full() const { return core_->full(); }

  /// Ends the use of the queue by this process: by this object and its copies. Again is fine.
  void close() noexcept { core_->close(); }
  /// Returns at once: what was put is with the receivers already.
  /// - Throws: `UsageError` before `close`.
  void join_thread() { core_->join_thread(); }
  /// Does nothing: see `join_thread`.
  void cancel_join_thread() noexcept {}

  /// A handle that is readable while there are values, for `connection::wait` and event loops.
  /// From the first call on, by any process, putting and getting cost a system call more. Of what a
  /// process put that was killed just then, it tells from the next call or `put` on.
  [[nodiscard]] native_handle fileno() const { return core_->fileno(); }

 protected:
  friend detail::QueueCodec<Queue>;
  /// Of a queue that exists.
  explicit Queue(std::shared_ptr<detail::QueueCore> core) noexcept : core_(std::move(core)) {}
  /// The queue of bytes below.
  [[nodiscard]] detail::QueueCore& core() const noexcept { return *core_; }

 private:
  std::shared_ptr<detail::QueueCore> core_;
};

/// A queue that knows when all that was put has been dealt with.
/// - Python: `multiprocessing.JoinableQueue`. All else as `Queue`.
template <class T>
class JoinableQueue : public Queue<T> {
 public:
  using Queue<T>::Queue;

  /// Says that a value which was got has been dealt with.
  /// - Throws: `ValueError` if more were than have been put.
  void task_done() { this->core().task_done(); }
  /// Waits until as many were dealt with as were put. Returns whether that came in time.
  /// - Python: `join`, which has no timeout.
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

/// The receiver's is the same queue.
template <class T>
struct Codec<multiprocessing::Queue<T>>
    : multiprocessing::detail::QueueCodec<multiprocessing::Queue<T>> {};

/// The receiver's is the same queue.
template <class T>
struct Codec<multiprocessing::JoinableQueue<T>>
    : multiprocessing::detail::QueueCodec<multiprocessing::JoinableQueue<T>> {};

}  // namespace progeny::serial
