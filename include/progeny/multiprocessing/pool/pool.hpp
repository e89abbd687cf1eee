#pragma once

// A pool of workers that run functions: Python's `multiprocessing.Pool` and
// `multiprocessing.pool.ThreadPool`.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/detail/pool_calls.hpp>
#include <progeny/multiprocessing/detail/pool_core.hpp>
#include <progeny/multiprocessing/detail/pool_input.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/pool/async_result.hpp>
#include <progeny/multiprocessing/pool/errors.hpp>
#include <progeny/multiprocessing/pool/imap.hpp>
#include <progeny/multiprocessing/pool/options.hpp>

#include <cstddef>
#include <memory>
#include <ostream>
#include <ranges>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

/// What `Pool` and `ThreadPool` have in common. `Carrier` says how calls get to a worker.
///
/// Functions are called with copies of the arguments. A worker's exception is thrown by `get`, as
/// `serial::decode_exception` makes it. If a worker dies, the call that it ran fails with
/// `WorkerLost`, another worker takes its place, and no other call is affected.
///
/// - Threads: safe.
template <class Carrier, detail::PoolKind kind>
class BasicPool {
 public:
  /// Calls `function(args...)` in a worker, and waits for the result.
  ///
  /// - Python: `apply`.
  /// - Throws: as `AsyncResult::get`; `ValueError` if the pool is not running.
  template <class F, class... Args>
    requires detail::CallableWith<F, Args...>
  auto apply(F&& function, Args&&... args) {
    return apply_async(std::forward<F>(function), std::forward<Args>(args)...).get();
  }
  /// The same with options.
  template <class F, class... Args>
    requires detail::CallableWith<F, Args...>
  auto apply(const CallOptions& options, F&& function, Args&&... args) {
    return apply_async(options, std::forward<F>(function), std::forward<Args>(args)...).get();
  }

  /// Has a worker call `function(args...)`.
  ///
  /// - Python: `apply_async`. Differs: options come first, as with `Process`.
  /// - Throws: `ValueError` if the pool is not running. What cannot be encoded is the result's
  /// error.
  template <class F, class... Args>
    requires detail::CallableWith<F, Args...>
  auto apply_async(F&& function, Args&&... args) {
    return start_call({}, std::decay_t<F>(std::forward<F>(function)), std::forward<Args>(args)...);
  }
  /// The same with options: `pool.apply_async({.retries = 3}, f, 1, 2)`.
  template <class F, class... Args>
    requires detail::CallableWith<F, Args...>
  auto apply_async(const CallOptions& options, F&& function, Args&&... args) {
    return start_call(detail::job_options(options, false),
                      std::decay_t<F>(std::forward<F>(function)),
                      std::forward<Args>(args)...);
  }

  /// Calls `function(item)` for each item of `input`, and waits for all results, in order.
  ///
  /// - Python: `map`. Differs: a chunk size below 1 is refused.
  /// - Returns: a vector; of `std::monostate` for a function that returns nothing.
  /// - Throws: what the first failed chunk threw, after all are done; what the input throws;
  ///   `ValueError` if the pool is not running or the chunk size is below 1.
  template <class F, std::ranges::input_range Range>
  auto map(F&& function, Range&& input, const MapOptions& options = {}) {
    return map_async(std::forward<F>(function), std::forward<Range>(input), options).get();
  }
  /// The same, without waiting for the results.
  ///
  /// - Python: `map_async`.
  template <class F, std::ranges::input_range Range>
  auto map_async(F&& function, Range&& input, const MapOptions& options = {}) {
    return start_map<detail::WithItem>(
        std::decay_t<F>(std::forward<F>(function)), std::forward<Range>(input), options);
  }
  /// As `map` for items that are tuples, pairs or arrays: calls `function(parts...)`.
  ///
  /// - Python: `starmap`.
  template <class F, std::ranges::input_range Range>
  auto starmap(F&& function, Range&& input, const MapOptions& options = {}) {
    return starmap_async(std::forward<F>(function), std::forward<Range>(input), options).get();
  }
  /// The same, without waiting for the results.
  ///
  /// - Python: `starmap_async`.
  template <class F, std::ranges::input_range Range>
  auto starmap_async(F&& function, Range&& input, const MapOptions& options = {}) {
    return start_map<detail::WithParts>(
        std::decay_t<F>(std::forward<F>(function)), std::forward<Range>(input), options);
  }

  /// A lazy map: results one after the other, in the order of the input. The input may be endless;
  /// it is borrowed, unless it is a temporary.
  ///
  /// - Python: `imap`. Differs: only `buffersize` chunks are read ahead.
  /// - Throws: `ValueError` if the pool is not running or an option is below 1.
  template <class F, std::ranges::input_range Range>
  [[nodiscard]] auto imap(F&& function, Range&& input, const IMapOptions& options = {}) {
    return detail::start_flow<Carrier, detail::WithItem, std::decay_t<F>, Range>(
        core_, std::forward<F>(function), std::forward<Range>(input), options, true);
  }
  /// The same, in whatever order the results come.
  ///
  /// - Python: `imap_unordered`.
  template <class F, std::ranges::input_range Range>
  [[nodiscard]] auto imap_unordered(F&& function, Range&& input, const IMapOptions& options = {}) {
    return detail::start_flow<Carrier, detail::WithItem, std::decay_t<F>, Range>(
        core_, std::forward<F>(function), std::forward<Range>(input), options, false);
  }

  /// Takes no more calls. The workers end when all results are there.
  void close() { detail::close_pool(*core_); }
  /// Ends the workers at once. Results that are not ready fail with `PoolTerminated`. Threads end
  /// after the call that they run.
  void terminate() { detail::terminate_pool(*core_); }
  /// Waits for the end of the workers.
  ///
  /// - Throws: `ValueError` if neither `close` nor `terminate` was called.
  void join() { detail::join_pool(*core_); }

  /// How many workers there are to be.
  [[nodiscard]] std::size_t size() const noexcept { return detail::size_of(*core_); }

  /// Python's repr: `<Pool state=RUN pool_size=4>`.
  [[nodiscard]] friend std::string to_string(const BasicPool& pool) {
    return detail::repr_of(*pool.core_, kind);
  }
  /// Prints `to_string`.
  friend std::ostream& operator<<(std::ostream& out, const BasicPool& pool) {
    return out << to_string(pool);
  }

  BasicPool(const BasicPool&) = delete;
  BasicPool& operator=(const BasicPool&) = delete;

 protected:
  explicit BasicPool(const PoolOptions& options) : core_(detail::make_pool(options, kind)) {}
  BasicPool(BasicPool&& other) noexcept = default;
  BasicPool& operator=(BasicPool&& other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~BasicPool() {
    if (core_) {
      detail::end_pool(std::move(core_));
    }
  }
  [[nodiscard]] const detail::PoolCore& core() const noexcept { return *core_; }

 private:
  template <class F, class... Args>
  auto start_call(detail::JobOptions options, F function, Args&&... args) {
    using Kept = std::tuple<detail::Kept<Args>...>;
    using Result = std::decay_t<decltype(detail::call_with(function, std::declval<Kept&>()))>;
    detail::PoolWork work = Carrier::apply(*core_, function, Kept(std::forward<Args>(args)...));
    return AsyncResult<Result>(detail::submit(core_, std::move(options), std::span(&work, 1)));
  }
  template <class With, class F, class Range>
  auto start_map(F function, Range&& input, const MapOptions& options) {
    using Result = detail::ItemResult<With, F, detail::ItemOf<Range>>;
    detail::require_running(*core_);
    auto work = detail::cut<Carrier, With>(*core_, function, std::forward<Range>(input), options);
    return AsyncResult<std::vector<Result>>(
        detail::submit(core_, detail::job_options(options, true), work));
  }

  std::shared_ptr<detail::PoolCore> core_;
};

/// Workers that are processes. Moving from a pool leaves one that can only be destroyed.
///
/// A function is a plain function, a captureless lambda, `serial::function<&Class::member>`, or an
/// object that is `serial::Transferable`. Under `fork`, a lambda that captures plain values will
/// do, too: its bytes are copied, and what it points to is what the worker had when it was started.
/// Arguments and results are `serial::Transferable`. A result that holds handles (connections,
/// locks) must be got while the worker that returned it lives.
///
/// The destructor terminates the pool, as the end of Python's `with` does: call `close` and `join`
/// for results that nobody waits for. The workers die with this process.
///
/// - Python: `multiprocessing.Pool`.
/// - Example: examples/multiprocessing/pool.cpp
class Pool : public BasicPool<detail::ByBytes, detail::PoolKind::processes> {
 public:
  /// With one worker for each processor, or with these options.
  ///
  /// - Throws: `ValueError` for options out of range; what `Process::start` throws.
  explicit Pool(const PoolOptions& options = {}) : BasicPool(options) {}
  /// With this many workers.
  explicit Pool(int processes) : BasicPool({.processes = processes}) {}

  /// The pids of the workers.
  ///
  /// - Python: none.
  [[nodiscard]] std::vector<int> pids() const { return detail::pids_of(core()); }
};

namespace pool {

/// Workers that are threads of this process. Any function will do. Arguments, results and
/// exceptions are not copied, but moved.
///
/// - Python: `multiprocessing.pool.ThreadPool`, `multiprocessing.dummy.Pool`.
class ThreadPool : public BasicPool<detail::ByObject, detail::PoolKind::threads> {
 public:
  /// With one worker for each processor, or with these options.
  explicit ThreadPool(const PoolOptions& options = {}) : BasicPool(options) {}
  /// With this many workers.
  explicit ThreadPool(int processes) : BasicPool({.processes = processes}) {}
};

}  // namespace pool

inline Pool Context::Pool(const PoolOptions& options) const {
  PoolOptions own = options;
  own.context = *this;
  return multiprocessing::Pool(own);
}
inline Pool Context::Pool(int processes) const {
  return multiprocessing::Pool({.processes = processes, .context = *this});
}
inline Pool Context::Pool() const {
  return multiprocessing::Pool({.context = *this});
}

}  // namespace progeny::multiprocessing
