#pragma once

// What the dispatcher knows: which tasks wait, and which worker has which.

#include "multiprocessing/connection/tickets.hpp"
#include "multiprocessing/pool/transport.hpp"
#include "multiprocessing/pool/worker_life.hpp"

#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/pool/errors.hpp>
#include <progeny/serial/message.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

/// A task that is not done. It keeps its arguments until it is answered, to send them again.
struct PoolTask {
  std::shared_ptr<PoolJob> job;  ///< Null: the job has been given up, only the answer is awaited.
  std::size_t position = 0;      ///< Among the tasks of its job.
  std::size_t first_index = 0;   ///< Of its first item, in the input.
  std::uint32_t function = 0;
  std::uint64_t number = 0;  ///< In the channel of its worker.
  std::string bytes = {};
  std::unique_ptr<Tickets> tickets = {};  ///< For handles among the arguments.
  serial::Claims claims = {};             ///< Given back if the task is never sent.
  std::unique_ptr<PoolThunk> thunk = {};
  std::vector<WorkerLost::Attempt> attempts = {};
  PoolTask* next = nullptr;  ///< In a queue or in the store.
};

/// Tasks in a row.
class TaskQueue {
 public:
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  void push_back(PoolTask* task) noexcept {
    task->next = nullptr;
    (first_ != nullptr ? last_->next : first_) = task;
    last_ = task;
  }
  void push_front(PoolTask* task) noexcept {
    if (first_ == nullptr) {
      last_ = task;
    }
    task->next = std::exchange(first_, task);
  }
  /// The first one; not of an empty queue.
  PoolTask* pop_front() noexcept { return std::exchange(first_, first_->next); }
  [[nodiscard]] PoolTask& front() const noexcept { return *first_; }

 private:
  PoolTask* first_ = nullptr;
  PoolTask* last_ = nullptr;  // Only if there is a first.
};

/// The memory of tasks, which is used again.
class TaskStore {
 public:
  [[nodiscard]] PoolTask* take() {
    if (free_.empty()) {
      return &tasks_.emplace_back();
    }
    return free_.pop_front();
  }
  void give_back(PoolTask* task) {
    // Each is empty mostly, so that this costs less than a new task.
    task->job.reset();
    if (task->bytes.capacity() > largest_kept) {
      task->bytes = {};
    }
    task->tickets.reset();
    task->claims = {};
    task->thunk.reset();
    task->attempts.clear();
    free_.push_front(task);
  }

 private:
  static constexpr std::size_t largest_kept = 64;
  std::deque<PoolTask> tasks_;
  TaskQueue free_;
};

/// One worker, as the dispatcher sees it.
///
///     tasks      ... | 1 answered | 2 begun | 3 handed | 4 taken back | 5 handed |
///                                  ^first                                        ^next
struct Seat {
  static constexpr std::uint64_t window = PoolChannel::window;

  std::shared_ptr<PoolChannel> channel;
  std::unique_ptr<PoolWorker> worker;
  std::array<PoolTask*, window> tasks{};  ///< By number modulo the window; null if not awaited.
  std::uint64_t first = 1;                ///< The oldest task that may be awaited.
  std::uint64_t next = 1;                 ///< The number of the next task.
  std::size_t in_hand = 0;                ///< How many are awaited.
  std::uint64_t given = 0;                ///< How many it was given in all, and kept.
  std::uint32_t functions = 0;            ///< How many functions it knows.
  std::uint64_t rest = 0;                 ///< The task that has not gone whole; 0: none.
  bool is_ready = false;
  bool is_stuck = false;  ///< It has not begun its only task for long.
  /// When its last answer came, or when it got a task while it had none.
  std::chrono::steady_clock::time_point progress{};

  [[nodiscard]] PoolTask*& task(std::uint64_t number) noexcept { return tasks[number % window]; }
};

}  // namespace progeny::multiprocessing::detail
