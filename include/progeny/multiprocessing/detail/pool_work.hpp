#pragma once

// What goes into a pool and what comes out: the types between its templates and its compiled core.
// Not for users.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/serial/function.hpp>
#include <progeny/serial/message.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/writer.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

class PoolCore;

/// Where a task leaves what it returns, in a worker that is a process.
struct PoolOutput {
  serial::Writer& result;
  /// Which item of the task is being worked at.
  std::atomic<std::uint32_t>& item;
  /// For the handles in the result.
  std::string tickets = {};
};

/// Makes tickets for the handles in the result, which is still alive. Throws OSError.
PROGENY_EXPORT void add_tickets(PoolOutput& output);

/// The type of the function that decodes the arguments of a task, calls it and encodes the result.
using PoolEntry = void(serial::CodeAddress callee, serial::Reader& arguments, PoolOutput& output);

/// A value of any type.
struct AnyValue {
  std::shared_ptr<void> object = {};
  const std::type_info* type = nullptr;

  template <class T>
  [[nodiscard]] static AnyValue of(T value) {
    return {.object = std::make_shared<T>(std::move(value)), .type = &typeid(T)};
  }
};

/// A task for a worker that is a thread.
class PROGENY_EXPORT PoolThunk {
 public:
  PoolThunk() = default;
  PoolThunk(const PoolThunk&) = delete;
  PoolThunk& operator=(const PoolThunk&) = delete;
  virtual ~PoolThunk() = default;
  /// Calls the function. What it returned is in `result` then.
  virtual void run(std::atomic<std::uint32_t>& item) = 0;

  AnyValue result;
};

/// A task on its way into the pool.
struct PoolWork {
  serial::Function function = {};  ///< Of the type `PoolEntry`.
  serial::Outgoing message = {};   ///< Its arguments.
  AnyValue owner = {};             ///< Of the handles in the message.
  std::unique_ptr<PoolThunk> thunk =
      {};                         ///< The task of a pool of threads; the rest is unused then.
  std::exception_ptr error = {};  ///< Why the task cannot be sent.
  std::uint32_t items = 1;        ///< How many items of the input it has.
};

/// How a task ended.
struct PoolOutcome {
  std::string bytes = {};         ///< What it returned, or threw, in another process.
  AnyValue value = {};            ///< What it returned in a thread.
  std::exception_ptr error = {};  ///< What it threw in a thread, or why it was not run.
  bool is_error = false;          ///< Whether `bytes` are an exception.
  bool has_tickets = false;       ///< Whether tickets for handles lie in front of the value.

  /// That of a task which was not run, or which threw this in a thread.
  [[nodiscard]] static PoolOutcome failure(std::exception_ptr error) {
    PoolOutcome outcome;
    outcome.error = std::move(error);
    return outcome;
  }
};

class PoolJob;

/// What is to happen when a job is done. It runs in a thread of the pool.
using PoolCallback = std::function<void(PoolJob&)>;
using PoolErrorCallback = std::function<void(const std::exception_ptr&)>;

/// The options of a job.
struct JobOptions {
  PoolCallback callback = {};
  PoolErrorCallback error_callback = {};
  unsigned retries = 0;
  std::string name = {};
  std::size_t first_index = 0;  ///< The position in the input of its first item.
  bool is_map = false;          ///< Whether each task returns a vector of results.
};

/// The tasks of one call, and what became of them.
class PROGENY_EXPORT PoolJob : public std::enable_shared_from_this<PoolJob> {
 public:
  PoolJob(std::shared_ptr<PoolCore> core, JobOptions options, std::size_t tasks);
  PoolJob(const PoolJob&) = delete;
  PoolJob& operator=(const PoolJob&) = delete;
  ~PoolJob();

  /// Whether all tasks are done, and the callbacks have run.
  [[nodiscard]] bool ready() const noexcept { return ready_.load(std::memory_order_acquire); }
  /// Waits until it is ready. Returns false after the timeout.
  [[nodiscard]] bool wait(const Timeout& timeout);
  /// Waits, then throws what the job failed with. Throws TimeoutError after the timeout.
  void require_success(const Timeout& timeout);
  /// Whether no task failed. Only when it is ready.
  [[nodiscard]] bool successful() const noexcept { return failed_ == nullptr; }

  [[nodiscard]] bool is_map() const noexcept { return options_.is_map; }
  /// How each task ended. Only when all are done.
  [[nodiscard]] std::span<PoolOutcome> outcomes() noexcept;
  /// The value of a task in another process, with its handles.
  [[nodiscard]] static serial::Incoming incoming(const PoolOutcome& outcome);
  /// The exception of a task that failed.
  [[nodiscard]] static std::exception_ptr error_of(const PoolOutcome& outcome);

 private:
  friend class PoolCore;

  std::shared_ptr<PoolCore> core_;
  std::atomic<bool> ready_{false};
  // Until it is ready, the core's mutex guards what follows.
  JobOptions options_;
  std::size_t tasks_;
  std::size_t left_;                     // How many tasks are not done.
  PoolOutcome only_;                     // Of a job of one task.
  std::vector<PoolOutcome> many_;        // Of others.
  const PoolOutcome* failed_ = nullptr;  // The first that failed.
};

/// Starts a job. Throws ValueError if the pool is not running.
[[nodiscard]] PROGENY_EXPORT std::shared_ptr<PoolJob> submit(const std::shared_ptr<PoolCore>& core,
                                                             JobOptions options,
                                                             std::span<PoolWork> work);
/// Waits until one of the jobs is ready. Returns its position; their number after the timeout.
[[nodiscard]] PROGENY_EXPORT std::size_t wait_for_any(
    PoolCore& core, std::span<const std::shared_ptr<PoolJob>> jobs, const Timeout& timeout);
/// How many workers the pool has.
[[nodiscard]] PROGENY_EXPORT std::size_t size_of(const PoolCore& core);
/// Whether workers are copies of this process, so that any bytes of it mean the same there.
[[nodiscard]] PROGENY_EXPORT bool has_copies(const PoolCore& core);
/// Throws ValueError if the pool is not running, UsageError in another process.
PROGENY_EXPORT void require_running(const PoolCore& core);

}  // namespace progeny::multiprocessing::detail
