#pragma once

// The keyword arguments of `Pool` and of its calls.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/detail/pool_values.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/detail/task.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace progeny::multiprocessing {

namespace detail {

/// An initializer as the task of each worker. Unlike a process's target it may run several times.
template <class F, class... Args>
class InitTask : public Task {
 public:
  explicit InitTask(F initializer, Args... parts)
      : function_(std::move(initializer)), arguments_(std::move(parts)...) {}
  void run() override {
    auto own = arguments_;
    auto initializer = function_;
    call(initializer, own);
  }
  [[nodiscard]] serial::Function function() const override { return copy().function(); }
  [[nodiscard]] serial::Outgoing arguments() const override { return copy().arguments(); }
  [[nodiscard]] bool may_share_memory() const noexcept override {
    return !(HoldsNoReference<F> && (HoldsNoReference<Args> && ...));
  }

 private:
  [[nodiscard]] auto copy() const {
    return std::apply(
        [this](const auto&... parts) {
          return CallTask<F, Args...>(std::in_place, function_, parts...);
        },
        arguments_);
  }

  F function_;
  std::tuple<Args...> arguments_;
};

/// The parameter of a callable that takes one, without reference and `const`.
template <class R, class Parameter>
std::remove_cvref_t<Parameter> parameter_of(R (*)(Parameter));
template <class F, class R, class Parameter>
std::remove_cvref_t<Parameter> parameter_of(R (F::*)(Parameter));
template <class F, class R, class Parameter>
std::remove_cvref_t<Parameter> parameter_of(R (F::*)(Parameter) const);
template <class F>
auto parameter_type() {
  if constexpr (std::is_class_v<F>) {
    return std::type_identity<decltype(parameter_of(&F::operator()))>();
  } else {
    return std::type_identity<decltype(parameter_of(std::declval<F>()))>();
  }
}

}  // namespace detail

/// A function with arguments, which each worker calls before its first task: `{connect, "db", 3}`.
///
/// If it throws in several workers in a row, the pool gives up: all jobs fail with its exception.
///
/// - Python: `initializer` and `initargs`. There, a pool whose initializer throws starts workers
///   without end.
class Initializer {
 public:
  /// None.
  Initializer() noexcept = default;
  /// Calls `function(args...)`. Under `spawn` and `forkserver` all must be able to travel, as the
  /// target of a `Process`. The arguments are copied for each worker.
  template <class F, class... Args>
    requires(!std::same_as<std::remove_cvref_t<F>, Initializer>) && detail::CallableWith<F, Args...>
  // NOLINTNEXTLINE(google-explicit-constructor): `.initializer = f` is the point.
  Initializer(F&& function, Args&&... args)
      : task_(std::make_shared<detail::InitTask<std::decay_t<F>, detail::Kept<Args>...>>(
            std::forward<F>(function), std::forward<Args>(args)...)) {}

  /// Not for users.
  [[nodiscard]] const std::shared_ptr<detail::Task>& task() const noexcept { return task_; }

 private:
  std::shared_ptr<detail::Task> task_;
};

/// Keyword arguments of `Pool`, in Python's order.
struct PoolOptions {
  /// How many workers. Default: as many as there are processors. `ValueError` below 1.
  std::optional<int> processes = {};
  /// What each worker calls first, with its arguments. Default: nothing.
  Initializer initializer = {};
  /// After how many tasks a worker is replaced by a new one; a chunk of a map is one task. Default:
  /// never. `ValueError` below 1.
  std::optional<std::int64_t> maxtasksperchild = {};
  /// What starts the workers. Default: the default context. `ThreadPool` ignores it.
  std::optional<Context> context = {};
};

/// A function that takes the whole result of a call, by value or by `const` reference, when the
/// call has succeeded. It runs in a thread of the pool, so it should be short.
///
/// If it throws, or takes another type than the result's, that is written to the log, and the
/// result is ready all the same.
///
/// - Python: `callback`.
class Callback {
 public:
  /// None.
  Callback() noexcept = default;
  /// Calls `function(result)`. It must not be a template: its parameter tells the type.
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Callback>)
  // NOLINTNEXTLINE(google-explicit-constructor): `.callback = [](int n) { ... }` is the point.
  Callback(F function)
      : function_([function = std::move(function)](detail::PoolJob& job) mutable {
          using T = typename decltype(detail::parameter_type<F>())::type;
          function(detail::value_of<T>(job));
        }) {}

  /// Not for users.
  [[nodiscard]] const detail::PoolCallback& function() const noexcept { return function_; }

 private:
  detail::PoolCallback function_;
};

/// Keyword arguments of `apply` and `apply_async`.
struct CallOptions {
  /// Called with the result.
  Callback callback = {};
  /// Called with the exception, in a thread of the pool, if the call failed.
  std::function<void(std::exception_ptr)> error_callback = {};
  /// How many more times a task is run whose worker died. Default: 0, as it may have done half of
  /// its work. After that the call fails with `WorkerLost`, which has the history. A call whose
  /// arguments hold handles or shared objects (locks, queues, values) is not run again: give them
  /// to the workers by the initializer.
  unsigned retries = 0;
  /// What `WorkerLost` calls the task.
  std::string name = {};
};

/// Keyword arguments of `map`, `starmap` and their asynchronous forms.
struct MapOptions {
  /// How many items are sent to a worker at once. They are one task: an exception or the death of a
  /// worker fails all of them. Default: a quarter of a worker's share. `ValueError` below 1.
  std::optional<std::int64_t> chunksize = {};
  /// Called with the vector of all results.
  Callback callback = {};
  /// Called with the first exception, in a thread of the pool, if an item failed.
  std::function<void(std::exception_ptr)> error_callback = {};
  /// How many more times a chunk is run whose worker died.
  unsigned retries = 0;
  /// What `WorkerLost` calls the tasks.
  std::string name = {};
};

/// Keyword arguments of `imap` and `imap_unordered`.
struct IMapOptions {
  /// How many items are sent to a worker at once. `ValueError` below 1.
  std::int64_t chunksize = 1;
  /// How many chunks are taken from the input ahead of the results that were asked for. Default: 16
  /// for each worker. `ValueError` below 1.
  ///
  /// - Python: none. There, the whole input is read in the background.
  std::optional<std::int64_t> buffersize = {};
  /// How many more times a chunk is run whose worker died.
  unsigned retries = 0;
  /// What `WorkerLost` calls the tasks.
  std::string name = {};
};

}  // namespace progeny::multiprocessing
