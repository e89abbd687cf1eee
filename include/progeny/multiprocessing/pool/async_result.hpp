#pragma once

// The result of a call that a pool has taken: Python's `multiprocessing.pool.AsyncResult`.

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/pool_values.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>

#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace progeny::multiprocessing {

/// What a call returns, once it has run. Copies refer to the same call.
///
/// - Python: `AsyncResult`, `MapResult`.
/// - Threads: `wait`, `ready` and `successful` are safe. So is `get`, unless the result holds
///   handles (connections, locks), or cannot be copied in a ThreadPool.
template <class T>
class AsyncResult {
 public:
  /// The type of the result.
  using value_type = T;

  /// Not for users.
  explicit AsyncResult(std::shared_ptr<detail::PoolJob> job) noexcept : job_(std::move(job)) {}

  /// Waits for the result and returns it. May be called again; a result of a ThreadPool that cannot
  /// be copied is moved out by the first call.
  ///
  /// - Throws: what the call threw; `WorkerLost` if its worker died; `TimeoutError` after the
  ///   timeout, when the call goes on; `PoolTerminated` if the pool was terminated before.
  /// - Blocks: until the call is done, at most `timeout`.
  T get(const Timeout& timeout = {}) const {
    job_->require_success(timeout);
    if constexpr (std::is_void_v<T>) {
      static_cast<void>(detail::value_of<std::monostate>(*job_));
    } else {
      return detail::value_of<T>(*job_);
    }
  }
  /// Waits until the call is done, however it ended.
  ///
  /// - Python: `wait`. Differs: it returns `None` there.
  /// - Returns: whether it is done.
  bool wait(const Timeout& timeout = {}) const { return job_->wait(timeout); }
  /// Whether the call is done, and its callbacks have run.
  [[nodiscard]] bool ready() const noexcept { return job_->ready(); }
  /// Whether the call returned without an exception.
  ///
  /// - Throws: `ValueError` if it is not done.
  [[nodiscard]] bool successful() const {
    if (!ready()) {
      throw ValueError("the result is not ready");
    }
    return job_->successful();
  }

 private:
  std::shared_ptr<detail::PoolJob> job_;
};

}  // namespace progeny::multiprocessing
