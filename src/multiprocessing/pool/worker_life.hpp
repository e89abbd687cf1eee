#pragma once

// How workers are started, watched and stopped: one of the three parts of a pool. The dispatcher
// knows only these interfaces; processes and threads are behind them.

#include "base/deadline.hpp"
#include "multiprocessing/pool/transport.hpp"

#include <progeny/detail/config.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/detail/task.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace progeny::multiprocessing::detail {

/// A worker that runs or has ended.
/// - Threads: one at a time.
class PoolWorker {
 public:
  PoolWorker() = default;
  PoolWorker(const PoolWorker&) = delete;
  PoolWorker& operator=(const PoolWorker&) = delete;
  /// Does nothing to the worker. Only after its end.
  virtual ~PoolWorker() = default;

  /// A handle that is readable when it has ended.
  [[nodiscard]] virtual native_handle sentinel() const = 0;
  /// Whether it has ended. Takes note of its exit code.
  [[nodiscard]] virtual bool has_ended() = 0;
  /// Its exit code, after its end; -N for death by signal N. Nothing if it is not known.
  [[nodiscard]] virtual std::optional<std::int64_t> exitcode() = 0;
  [[nodiscard]] virtual int pid() const = 0;
  /// Asks it to end at once. A worker that cannot be stopped from outside, as a thread, ends after
  /// its task.
  virtual void terminate() noexcept = 0;
  /// Ends it, whatever it does. Returns false if that cannot be.
  virtual bool kill() noexcept = 0;
};

/// What a worker does besides its tasks.
struct WorkerSetup {
  std::shared_ptr<Task> initializer;  ///< May be null.
  std::uint64_t most_tasks = 0;       ///< After how many it ends; 0: never.
};

/// Starts workers.
class WorkerLife {
 public:
  WorkerLife() = default;
  WorkerLife(const WorkerLife&) = delete;
  WorkerLife& operator=(const WorkerLife&) = delete;
  virtual ~WorkerLife() = default;

  /// Starts a worker that serves this end of a channel. Throws what `Process::start` throws.
  [[nodiscard]] virtual std::unique_ptr<PoolWorker> start(std::shared_ptr<WorkerPort> port) = 0;
  /// Whether workers are copies of this process.
  [[nodiscard]] virtual bool makes_copies() const = 0;
  /// Whether a task is a PoolThunk of this process, passed by its address.
  [[nodiscard]] virtual bool shares_objects() const = 0;
};

/// Workers that are processes.
[[nodiscard]] std::unique_ptr<WorkerLife> process_life(WorkerSetup setup,
                                                       const std::optional<Context>& context);
/// Workers that are threads.
[[nodiscard]] std::unique_ptr<WorkerLife> thread_life(WorkerSetup setup);

}  // namespace progeny::multiprocessing::detail
