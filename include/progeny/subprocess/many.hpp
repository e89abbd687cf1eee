#pragma once

// Several children at once: the first that ends, all in the order of their ends, and many commands
// of which so many run at a time.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/completed_process.hpp>
#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/popen.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace progeny::subprocess {

/// Waits until one of several children has ended, and reaps it.
///
/// To wait for children beside connections, queues and streams, give their `sentinel()` to
/// `multiprocessing::connection::wait`.
///
/// - Python: none; `multiprocessing.connection.wait` of sentinels.
/// - Returns: the index of the first in the list that has ended, also of one that had ended before;
///   `nullopt` after `timeout`, and if there are none.
/// - Throws: `CancelledError` after a request by `stop`; `OSError` if the system cannot wait.
/// - Blocks: until one has ended. Pipes are not drained.
/// - Example: examples/subprocess/wait_any.cpp
[[nodiscard]] PROGENY_EXPORT std::optional<std::size_t> wait_any(std::span<Popen> children,
                                                                 Timeout timeout = {},
                                                                 const std::stop_token& stop = {});
/// The same for children that are not side by side.
[[nodiscard]] PROGENY_EXPORT std::optional<std::size_t> wait_any(std::span<Popen* const> children,
                                                                 Timeout timeout = {},
                                                                 const std::stop_token& stop = {});

/// Children in the order in which they end, each once:
/// `for (std::size_t i : as_completed(children)) { use(children[i]); }`.
///
/// - Python: `concurrent.futures.as_completed`.
/// - Threads: one thread at a time.
class PROGENY_EXPORT AsCompleted {
 public:
  class Iterator;

  /// Of these children, within this time altogether.
  explicit AsCompleted(std::span<Popen> children, Timeout timeout = {}, std::stop_token stop = {});

  /// The index of the next that ends; `nullopt` after all, or once the time has passed.
  /// - Throws: as `wait_any`.
  /// - Blocks: until one has ended.
  [[nodiscard]] std::optional<std::size_t> next();
  /// Whether all children have been returned.
  [[nodiscard]] bool is_done() const noexcept { return waiting_.empty(); }

  /// Waits for the first.
  [[nodiscard]] Iterator begin();
  /// After all, or once the time has passed.
  [[nodiscard]] Iterator end() noexcept;

 private:
  std::vector<Popen*> waiting_;
  std::vector<std::size_t> indices_;
  std::chrono::steady_clock::time_point begin_;
  Timeout timeout_;
  std::stop_token stop_;
};

/// An iterator over indices of children. Increments wait.
class PROGENY_EXPORT AsCompleted::Iterator {
 public:
  /// The end.
  Iterator() noexcept = default;
  /// The next that ends.
  explicit Iterator(AsCompleted& range) : range_(&range), index_(range.next()) {}
  /// The index.
  [[nodiscard]] std::size_t operator*() const { return *index_; }
  /// Waits for the next.
  Iterator& operator++() {
    index_ = range_->next();
    return *this;
  }
  /// Whether both are at the end.
  [[nodiscard]] bool operator==(const Iterator& other) const noexcept {
    return index_.has_value() == other.index_.has_value();
  }

 private:
  AsCompleted* range_ = nullptr;
  std::optional<std::size_t> index_;
};

/// These children in the order in which they end.
[[nodiscard]] PROGENY_EXPORT AsCompleted as_completed(std::span<Popen> children,
                                                      Timeout timeout = {},
                                                      std::stop_token stop = {});

/// A command of `run_many`.
struct Job {
  /// What to run.
  Args args;
  /// As for `run`.
  Options options = {};
};

/// How a job of `run_many` ended.
struct JobResult {
  /// Which job, from 0 on.
  std::size_t index = 0;
  /// What `run` returned, or `nullopt` if it threw.
  std::optional<CompletedProcess> done = {};
  /// What `run` threw: a time-out, a program that does not exist, a failure under `check`.
  std::exception_ptr error = {};

  /// Whether it ran and returned 0.
  [[nodiscard]] bool is_good() const noexcept { return done && done->returncode == 0; }
};

/// Keyword arguments of `run_many`.
struct ManyOptions {
  /// How many run at a time. 0: one for each processor.
  std::size_t at_once = 0;
  /// Whether no more are started after one that is not good. Those that run go on to their end.
  bool stop_at_failure = false;
  /// Called for each as it ends, one at a time, by a thread of `run_many`. An exception of it stops
  /// the rest, and `run_many` throws it.
  std::function<void(const JobResult&)> on_result = {};
  /// Ends all: those that run are killed, and no more are started.
  std::stop_token stop = {};
};

/// Runs jobs, so many at a time, until `next` returns nothing. Each job is asked for when it can be
/// started, so their number need not be known.
///
/// - Python: none; `xargs -P`, `concurrent.futures`.
/// - Returns: how each ended, in the order of the jobs.
/// - Throws: what `next` or `on_result` throws, after the jobs that run have been killed. A job
///   that fails is a result, and no exception.
/// - Blocks: until all have ended. Each running job has a thread of this process; if the
///   system gives no more threads, fewer run at a time.
/// - Threads: `next` and `on_result` are called by one thread at a time.
/// - Example: examples/subprocess/run_many.cpp
PROGENY_EXPORT std::vector<JobResult> run_many(const std::function<std::optional<Job>()>& next,
                                               const ManyOptions& options = {});
/// The same for a list of jobs.
PROGENY_EXPORT std::vector<JobResult> run_many(const std::vector<Job>& jobs,
                                               const ManyOptions& options = {});

}  // namespace progeny::subprocess
