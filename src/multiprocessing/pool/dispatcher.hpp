#pragma once

// Which worker runs which task: one of the three parts of a pool. It knows channels and workers by
// their interfaces only, and waits for nothing.
//
//     waiting --offer--> handed --the worker begins--> begun --answer--> done
//        ^                 |                             |
//        |  taken back     |                             | the worker dies
//        +-----------------+                             v
//        ^                          retries left?      lost  --no--> done, with WorkerLost
//        +------------------------------yes--------------+
//
// A worker's death concerns the begun task alone. Handed tasks go back to the others, also from a
// worker that is slow while another has nothing to do.

#include "multiprocessing/pool/ledger.hpp"
#include "multiprocessing/pool/transport.hpp"

#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/serial/function.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace progeny::multiprocessing::detail {

/// The ledger and the decisions.
/// - Threads: one at a time; the pool's mutex.
class Dispatcher {
 public:
  using Channels = std::vector<std::shared_ptr<PoolChannel>>;
  /// Called when a task is done.
  using Done = std::function<void(PoolJob& job, std::size_t position, PoolOutcome outcome)>;

  /// `retries_of` tells how often a job's task may be run again.
  struct Rules {
    std::uint64_t most_tasks = 0;  ///< Of a worker; 0: any number.
    bool by_address = false;       ///< Tasks are thunks.
    Done done;
    std::function<unsigned(const PoolJob&)> retries_of;
    std::function<const std::string&(const PoolJob&)> name_of;
  };
  explicit Dispatcher(Rules rules) : rules_(std::move(rules)) {}

  /// Takes a task of a job. Its error, if it has one, is its outcome.
  void add(const std::shared_ptr<PoolJob>& job,
           std::size_t position,
           std::size_t first_index,
           PoolWork work);
  /// Hands waiting tasks to workers.
  void feed();
  /// Takes all answers that have come, and hands out tasks. Returns how many answers.
  std::size_t collect();
  /// Has the workers ring: at the next answer, or, if `in_bulk`, after several.
  void ask_to_ring(bool in_bulk);
  /// After how long the caller should look again though nothing rings: to take tasks back from a
  /// slow worker, or to send the rest of a long one. Nothing: it need not.
  [[nodiscard]] std::optional<std::chrono::microseconds> patience() const;

  /// A new worker.
  Seat& seat(std::shared_ptr<PoolChannel> channel, std::unique_ptr<PoolWorker> worker);
  [[nodiscard]] const std::vector<std::unique_ptr<Seat>>& seats() const noexcept { return seats_; }
  /// Removes a worker that has ended. Its tasks are run by others, or fail.
  [[nodiscard]] std::unique_ptr<Seat> bury(std::size_t position);
  /// Fails all tasks with `error`. Those that are begun go on, but nobody waits for them.
  void give_up(const std::exception_ptr& error);

  /// How many tasks are not done.
  [[nodiscard]] std::size_t unfinished() const noexcept { return unfinished_; }
  /// The channels of all workers. A new vector whenever they change.
  [[nodiscard]] const std::shared_ptr<const Channels>& channels() const noexcept {
    return channels_;
  }
  /// The exception of the last initializer that threw, if none has succeeded since.
  [[nodiscard]] const std::exception_ptr& init_error() const noexcept { return init_error_; }
  /// How many workers in a row ended before they were ready. Those that were killed do not count.
  [[nodiscard]] std::size_t failed_starts() const noexcept { return failed_starts_; }

 private:
  struct KnownFunction {
    serial::Function function;
    std::string token;
  };

  [[nodiscard]] std::uint32_t number_of(const serial::Function& function);
  [[nodiscard]] Seat* pick();
  [[nodiscard]] Seat* next_with(std::size_t most);
  [[nodiscard]] bool hand(Seat& seat, PoolTask& task);
  [[nodiscard]] bool has_window(Seat& seat) noexcept;
  [[nodiscard]] bool tell_functions(Seat& seat, std::uint32_t function);
  std::size_t collect_from(Seat& seat);
  void take(Seat& seat, const Answer& answer);
  [[nodiscard]] PoolOutcome outcome_of(PoolTask& task, const Answer& answer) const;
  void finish(PoolTask* task, PoolOutcome outcome);
  void balance();
  std::size_t take_back_some(Seat& seat, std::size_t most);
  [[nodiscard]] std::size_t usable_idle() const noexcept;
  [[nodiscard]] static bool is_stuck(Seat& seat) noexcept;
  void lose(Seat& seat, PoolTask* task);
  void measure(Seat& seat, std::size_t answers);
  void list_channels();

  Rules rules_;
  std::deque<KnownFunction> functions_;
  std::uint32_t last_function_ = 0;
  TaskStore store_;
  TaskQueue waiting_;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::shared_ptr<const Channels> channels_ = std::make_shared<Channels>();
  std::size_t unfinished_ = 0;
  std::size_t idle_ = 0;     // Seats with no task in hand.
  std::size_t at_seat_ = 0;  // Where `pick` goes on.
  bool is_full_ = false;     // No seat took the first waiting task.
  std::size_t ahead_ = 16;   // How many tasks a worker may have in hand.
  double task_time_ = 1e-3;  // Mean, in seconds. At first, tasks are taken for long.
  std::exception_ptr init_error_;
  std::size_t failed_starts_ = 0;
};

}  // namespace progeny::multiprocessing::detail
