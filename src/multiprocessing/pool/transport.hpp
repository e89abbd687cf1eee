#pragma once

// How tasks and answers travel between a pool and its workers: one of the three parts of a pool.
// The dispatcher knows only these interfaces; SharedTransport, over shared memory, is behind them.
//
// An implementation promises:
//
//   order       Tasks arrive in the order in which they were offered, answers in that of `answer`.
//   claims      Of `begin` in the worker and `take_back` in the pool, exactly one succeeds for a
//               task. After the worker's death `has_begun` says which tasks were begun.
//   no waiting  Nothing in the pool's end waits for the worker, whatever state the worker is in.
//   death       A worker that dies at any instruction leaves whole answers, and no lock.

#include "base/deadline.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace progeny::serial {

class Writer;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

/// What a pool sends to a worker.
struct TaskMessage {
  enum class Kind : std::uint8_t {
    task,      ///< A call of `function`, with `bytes` as its arguments.
    function,  ///< What `function` stands for from now on: `bytes` are its token.
  };
  Kind kind = Kind::task;
  bool has_tickets = false;  ///< Whether tickets for handles lie in front of the arguments.
  std::uint32_t function = 0;
  /// Tasks are numbered from 1 in each channel; 0 for a function.
  std::uint64_t number = 0;
  std::string_view bytes = {};
};

/// What a worker sends to its pool.
struct Answer {
  enum class Kind : std::uint8_t {
    ready,       ///< The initializer is through; tasks may come.
    value,       ///< `bytes` are what the task returned.
    error,       ///< `bytes` are the exception that the task threw.
    init_error,  ///< `bytes` are the exception that the initializer threw. The worker ends.
    retiring,    ///< The worker has run as many tasks as it may, and ends.
  };
  Kind kind = Kind::value;
  bool has_tickets = false;
  std::uint64_t number = 0;  ///< Of the task; 0 if it is about none.
  std::string_view bytes = {};
};

/// The worker's end of a channel.
/// - Threads: one.
class WorkerPort {
 public:
  WorkerPort() = default;
  WorkerPort(const WorkerPort&) = delete;
  WorkerPort& operator=(const WorkerPort&) = delete;
  virtual ~WorkerPort() = default;

  /// To be called first, in the worker.
  virtual void arrive() = 0;
  /// The next message, borrowed until the next call. Nothing once the pool has closed the channel.
  /// - Blocks: until there is one.
  [[nodiscard]] virtual std::optional<TaskMessage> next() = 0;
  /// Claims a task. False: the pool has taken it back, so it must not be run.
  [[nodiscard]] virtual bool begin(std::uint64_t number) noexcept = 0;
  /// Which item of its task the worker is at; for messages about its death.
  [[nodiscard]] virtual std::atomic<std::uint32_t>& item() noexcept = 0;
  /// Sends an answer.
  /// - Blocks: while there is no room.
  virtual void answer(const Answer& answer) = 0;
  /// Writes this end into a message to another process, where `load_port` reads it.
  virtual void save(serial::Writer& writer) const = 0;
};

/// The pool's end of the channel to one worker.
/// - Threads: one at a time; `has_answer`, `has_wanted` and `is_drained` beside it from any.
class PoolChannel {
 public:
  /// How many tasks may be on their way at most: from the oldest that is not answered.
  static constexpr std::uint64_t window = 256;

  PoolChannel() = default;
  PoolChannel(const PoolChannel&) = delete;
  PoolChannel& operator=(const PoolChannel&) = delete;
  virtual ~PoolChannel() = default;

  /// For the worker; taken once.
  [[nodiscard]] virtual std::shared_ptr<WorkerPort> port() = 0;
  /// Sends a message, unless there is no room now. Of a long one only the beginning may have gone:
  /// its bytes are borrowed until `push_rest` is through.
  [[nodiscard]] virtual bool offer(const TaskMessage& message) = 0;
  /// Sends more of a long message. Returns whether all has gone.
  virtual bool push_rest() = 0;
  /// Wakes the worker if it sleeps. To be called after `offer` and `push_rest`.
  virtual void wake() noexcept = 0;
  /// The next answer, borrowed until the next call.
  [[nodiscard]] virtual std::optional<Answer> take() = 0;
  [[nodiscard]] virtual bool has_answer() const noexcept = 0;
  /// Has the worker ring the bell after so many more answers, or when it runs out of tasks. 0: not
  /// at all.
  virtual void want(std::uint64_t answers) noexcept = 0;
  /// Whether what `want` asked for has happened.
  [[nodiscard]] virtual bool has_wanted() const noexcept = 0;
  /// Whether the worker has taken all that was offered.
  [[nodiscard]] virtual bool is_drained() const noexcept = 0;
  /// Takes back a task that was not begun.
  [[nodiscard]] virtual bool take_back(std::uint64_t number) noexcept = 0;
  [[nodiscard]] virtual bool has_begun(std::uint64_t number) const noexcept = 0;
  /// The item at which the worker is.
  [[nodiscard]] virtual std::uint32_t item() const noexcept = 0;
  /// Lets the worker end, once it has taken what was offered.
  virtual void close() noexcept = 0;
};

/// Makes channels, and wakes the pool when something comes over one of them.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// A channel to a new worker. Throws OSError.
  [[nodiscard]] virtual std::unique_ptr<PoolChannel> connect() = 0;
  /// Sleeps until a worker rings, `wake` is called or the deadline; not at all if `has_happened`.
  /// One thread at a time.
  virtual void sleep(const std::function<bool()>& has_happened,
                     const progeny::detail::Deadline& deadline) = 0;
  /// Ends that sleep.
  virtual void wake() noexcept = 0;
};

}  // namespace progeny::multiprocessing::detail
