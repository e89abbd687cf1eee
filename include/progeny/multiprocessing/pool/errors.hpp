#pragma once

// The exceptions of `Pool`.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing {

/// The worker that ran a task has died: by a signal, or because the task ended the process. No
/// other task is affected, and another worker takes its place.
///
/// - Python: none. There, the result never becomes ready. (`BrokenProcessPool` of
///   `concurrent.futures` fails every task of the pool.)
class PROGENY_EXPORT WorkerLost : public ProcessError {
 public:
  /// One attempt to run a task, which ended with the worker.
  struct Attempt {
    /// The pid of the worker.
    int pid = 0;
    /// The exit code; -N for death by signal N. Nothing if other code of this process reaped it.
    std::optional<std::int64_t> exitcode = {};
    /// The position in the input of the item that the worker was at; 0 for `apply`.
    std::size_t index = 0;
  };

  /// A task of this name (may be empty) failed in these attempts, of which the last counts.
  WorkerLost(std::string_view task, std::vector<Attempt> attempts);

  /// The exit code of the worker; -N for death by signal N.
  [[nodiscard]] std::optional<std::int64_t> exitcode() const noexcept {
    return attempts_.back().exitcode;
  }
  /// The signal that killed the worker; 0 if none did.
  [[nodiscard]] int signal() const noexcept;
  /// The pid of the worker.
  [[nodiscard]] int pid() const noexcept { return attempts_.back().pid; }
  /// The position in the input of the item that the worker was at; 0 for `apply`.
  [[nodiscard]] std::size_t index() const noexcept { return attempts_.back().index; }
  /// The name from the call's options.
  [[nodiscard]] const std::string& task() const noexcept { return task_; }
  /// All attempts, the first one first. There are several if the call allows `retries`.
  [[nodiscard]] const std::vector<Attempt>& attempts() const noexcept { return attempts_; }

 private:
  std::string task_;
  std::vector<Attempt> attempts_;
};

/// The pool was terminated before the task was done.
///
/// - Python: none. There, the result never becomes ready.
class PROGENY_EXPORT PoolTerminated : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// What a task returned cannot travel.
///
/// - Python: `multiprocessing.pool.MaybeEncodingError`.
class PROGENY_EXPORT MaybeEncodingError : public ProcessError {
 public:
  using ProcessError::ProcessError;
  /// With what encoding threw, and the type of the value.
  MaybeEncodingError(std::string_view error, std::string_view type);
};

}  // namespace progeny::multiprocessing
