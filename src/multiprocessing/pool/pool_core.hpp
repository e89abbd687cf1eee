#pragma once

// A pool: a dispatcher, a transport and workers, and the threads that keep them going.
//
// Two threads belong to a pool:
//
//   keeper      sleeps until a worker has ended, and starts another in its place
//   collector   takes answers and runs callbacks while no thread of the user's waits for a result
//
// Answers are taken by one thread at a time, the leader. A thread that waits for a result leads, if
// no other such thread does: so a result passes no other thread on its way. The collector leads
// only while no thread waits, and steps aside for one that does. So that a thread which waits often
// and shortly does not wake it each time, the collector looks every millisecond whether it is
// needed, as long as something happens, and sleeps without limit otherwise (`is_parked_`).
//
//     leader_      who leads                 a waiting user's thread
//     none         nobody                    leads
//     user         a user's thread           sleeps until its job is ready or the leader leaves
//     collector    the collector             asks it to step aside, then as above

#include "base/deadline.hpp"
#include "multiprocessing/memory/sleepers.hpp"
#include "multiprocessing/pool/dispatcher.hpp"
#include "multiprocessing/pool/ledger.hpp"
#include "multiprocessing/pool/transport.hpp"
#include "multiprocessing/pool/worker_life.hpp"
#include "platform/io/event.hpp"

#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/pool_core.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/util.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace progeny::multiprocessing::detail {

/// - Threads: safe.
class PoolCore : public std::enable_shared_from_this<PoolCore> {
 public:
  PoolCore(std::unique_ptr<Transport> transport,
           std::unique_ptr<WorkerLife> life,
           std::size_t size,
           std::uint64_t most_tasks);
  PoolCore(const PoolCore&) = delete;
  PoolCore& operator=(const PoolCore&) = delete;
  ~PoolCore() = default;

  /// Starts the workers and the threads. Throws if a worker cannot be started; none is left then.
  void start();

  [[nodiscard]] std::shared_ptr<PoolJob> submit(JobOptions options, std::span<PoolWork> work);
  /// Waits until `is_ready`, which depends on jobs alone. Returns false after the timeout.
  [[nodiscard]] bool wait(const std::function<bool()>& is_ready, const Timeout& timeout);

  void require_running() const;
  void close();
  void terminate();
  void join();
  /// Lets the threads go, for an object that cannot wait for them.
  void abandon() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool has_copies() const { return life_->makes_copies(); }
  [[nodiscard]] bool is_ours() const noexcept;
  [[nodiscard]] bool is_running() const;
  [[nodiscard]] const char* state_name() const;
  [[nodiscard]] std::vector<int> pids() const;

 private:
  enum class State : std::uint8_t { running, closing, terminated };
  enum class Leader : std::uint8_t { none, user, collector };
  using Lock = std::unique_lock<std::mutex>;

  [[nodiscard]] Dispatcher::Rules rules(std::uint64_t most_tasks);
  void start_worker();

  // Jobs.
  void done(PoolJob& job, std::size_t position, PoolOutcome outcome);
  void finish(PoolJob& job);
  void tell_waiters();
  void collect_by_the_way();

  // Leading.
  void lead(Lock& lock,
            Leader who,
            const std::function<bool()>& is_done,
            const progeny::detail::Deadline& deadline);
  void sleep_as_leader(Lock& lock,
                       Leader who,
                       std::size_t answers,
                       const progeny::detail::Deadline& deadline);
  [[nodiscard]] bool must_wake(const Dispatcher::Channels& channels) const;
  void wake_leader();

  // The collector.
  void collect() noexcept;
  void run_callbacks(Lock& lock);
  void take_a_rest(Lock& lock);
  [[nodiscard]] bool all_done() const;
  void let_workers_go();

  // The keeper.
  void keep() noexcept;
  void wait_for_an_end(Lock& lock);
  void bury_the_dead(Lock& lock);
  void fill_up(Lock& lock);
  void note_failures();
  void kill_late_ones();

  const std::size_t size_;
  const std::uint32_t generation_;  // Of forks: the process that this pool belongs to.
  const std::unique_ptr<Transport> transport_;
  const std::unique_ptr<WorkerLife> life_;

  mutable std::mutex mutex_;  // Guards what follows.
  Dispatcher dispatcher_;
  State state_ = State::running;
  std::exception_ptr broken_;           // Why no task is run any more.
  bool has_let_go_ = false;             // Whether the workers were told to end.
  progeny::detail::Deadline patience_;  // When terminated workers are killed.
  std::size_t refused_starts_ = 0;      // Of workers, in a row, by the system.
  std::exception_ptr start_error_;
  std::deque<std::shared_ptr<PoolJob>> to_call_back_;
  std::size_t calling_ = 0;
  bool has_finished_ = false;  // Jobs are ready of which waiting threads do not know.
  std::size_t waiters_ = 0;    // Threads of users that wait.
  Leader leader_ = Leader::none;
  std::uint64_t activity_ = 0;  // How often users' threads took answers.
  std::uint64_t submitted_ = 0;
  bool is_parked_ = false;  // The collector sleeps until it is told.
  std::uint64_t seen_activity_ = 0;
  int quiet_looks_ = 0;
  bool keeper_is_done_ = false;
  std::condition_variable ready_;      // Users: a job is ready, or there is no leader.
  std::condition_variable collector_;  // The collector is needed.

  // Stored with the mutex locked. The leader loads them without it, between the two steps of its
  // sleep; the ring that follows each store orders them (doze.hpp).
  std::atomic<bool> step_aside_{false};  // For the collector as the leader.
  std::atomic<bool> has_news_{false};    // Workers or jobs have changed while the leader slept.
  AdaptiveSpin spin_;
  platform::Event control_;  // For the keeper: the state has changed.

  std::mutex joining_;  // Guards the threads.
  std::thread keeper_thread_;
  std::thread collector_thread_;
  util::Finalize at_exit_;
};

}  // namespace progeny::multiprocessing::detail
