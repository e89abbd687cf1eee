#include "multiprocessing/pool/pool_core.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/pool/dispatcher.hpp"
#include "multiprocessing/pool/ledger.hpp"
#include "multiprocessing/pool/transport.hpp"
#include "multiprocessing/pool/worker_life.hpp"
#include "platform/process/fork.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/pool/errors.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

using progeny::detail::Deadline;

// After so many answers at once, the leader sleeps until several more have come, but not longer
// than `bulk_sleep`.
constexpr std::size_t bulk = 8;
constexpr std::chrono::microseconds bulk_sleep{300};
// Terminated workers that do not end are killed after this.
constexpr std::chrono::milliseconds grace{500};

}  // namespace

PoolCore::PoolCore(std::unique_ptr<Transport> transport,
                   std::unique_ptr<WorkerLife> life,
                   std::size_t size,
                   std::uint64_t most_tasks)
    : size_(size),
      generation_(platform::fork_generation()),
      transport_(std::move(transport)),
      life_(std::move(life)),
      dispatcher_(rules(most_tasks)) {}

Dispatcher::Rules PoolCore::rules(std::uint64_t most_tasks) {
  return {.most_tasks = most_tasks,
          .by_address = life_->shares_objects(),
          .done = [this](PoolJob& job,
                         std::size_t position,
                         PoolOutcome outcome) { done(job, position, std::move(outcome)); },
          .retries_of = [](const PoolJob& job) { return job.options_.retries; },
          .name_of = [](const PoolJob& job) -> const std::string& { return job.options_.name; }};
}

// The workers come first: a fork is safest while there is no other thread.
void PoolCore::start() {
  try {
    for (std::size_t count = 0; count < size_; ++count) {
      start_worker();
    }
    const auto self = shared_from_this();
    collector_thread_ = std::thread([self] { self->collect(); });
    keeper_thread_ = std::thread([self] { self->keep(); });
  } catch (...) {
    terminate();
    keep();  // Here, until all workers have ended.
    join();
    throw;
  }
  at_exit_ = util::Finalize(
      [weak = weak_from_this()] {
        if (const auto core = weak.lock()) {
          end_pool(core);
        }
      },
      15);
}

// A copy is made with the mutex held. Without it, a thread that submits a new function could hold
// the loader's lock at that moment, as token_of walks through the modules, and the copy would wait
// for ever when it looks the function up.
void PoolCore::start_worker() {
  std::shared_ptr<PoolChannel> channel = transport_->connect();
  Lock lock(mutex_, std::defer_lock);
  if (life_->makes_copies()) {
    lock.lock();
  }
  auto worker = life_->start(channel->port());
  if (!lock.owns_lock()) {
    lock.lock();
  }
  if (state_ == State::terminated || has_let_go_) {
    channel->close();
    worker->terminate();
  }
  static_cast<void>(dispatcher_.seat(std::move(channel), std::move(worker)));
  dispatcher_.feed();
  wake_leader();
}

// --- jobs

// Called with the mutex locked. Outcomes are constant once the job is done.
void PoolCore::done(PoolJob& job, std::size_t position, PoolOutcome outcome) {
  PoolOutcome& place = job.many_.empty() ? job.only_ : job.many_[position];
  place = std::move(outcome);
  if (job.failed_ == nullptr && (place.is_error || place.error)) {
    job.failed_ = &place;
  }
  if (--job.left_ == 0) {
    finish(job);
  }
}

void PoolCore::finish(PoolJob& job) {
  if (job.options_.callback || job.options_.error_callback) {
    to_call_back_.push_back(job.shared_from_this());
    collector_.notify_one();
    return;
  }
  job.ready_.store(true, std::memory_order_release);
  has_finished_ = true;
}

void PoolCore::tell_waiters() {
  if (std::exchange(has_finished_, false) && waiters_ != 0) {
    ready_.notify_all();
  }
}

std::shared_ptr<PoolJob> PoolCore::submit(JobOptions options, std::span<PoolWork> work) {
  const std::size_t first = options.first_index;
  auto job = std::make_shared<PoolJob>(shared_from_this(), std::move(options), work.size());
  const Lock lock(mutex_);
  require_running();
  if (work.empty()) {
    finish(*job);
  }
  std::size_t index = first;
  for (std::size_t position = 0; position < work.size(); ++position) {
    const std::uint32_t items = work[position].items;
    if (broken_) {
      work[position].error = broken_;
    }
    dispatcher_.add(job, position, index, std::move(work[position]));
    index += items;
  }
  dispatcher_.feed();
  collect_by_the_way();
  if (is_parked_ && leader_ == Leader::none) {
    collector_.notify_one();
  }
  tell_waiters();
  return job;
}

// A thread that submits many jobs takes answers now and then: so neither they nor the jobs pile up,
// and the collector need not run.
void PoolCore::collect_by_the_way() {
  constexpr std::uint64_t now_and_then = 32;
  if (++submitted_ % now_and_then != 0 || dispatcher_.unfinished() < now_and_then) {
    return;
  }
  if (leader_ == Leader::none) {
    ++activity_;
    static_cast<void>(dispatcher_.collect());
  } else if (leader_ == Leader::collector) {
    step_aside_.store(true, std::memory_order_relaxed);  // At its next answer.
  }
}

bool PoolCore::wait(const std::function<bool()>& is_ready, const Timeout& timeout) {
  if (is_ready()) {
    return true;
  }
  if (!is_ours()) {
    throw UsageError("this result belongs to a pool of another process");
  }
  const Deadline deadline(timeout);
  Lock lock(mutex_);
  ++waiters_;
  while (!is_ready() && !deadline.expired()) {
    if (leader_ == Leader::none && dispatcher_.unfinished() != 0) {
      ++activity_;
      lead(lock, Leader::user, is_ready, deadline);
      continue;
    }
    if (leader_ == Leader::collector) {
      step_aside_.store(true, std::memory_order_relaxed);
      wake_leader();
    }
    if (deadline.is_never()) {
      ready_.wait(lock);
    } else {
      ready_.wait_until(lock, deadline.moment());
    }
  }
  --waiters_;
  if (leader_ == Leader::none && dispatcher_.unfinished() != 0) {
    if (waiters_ != 0) {
      ready_.notify_all();
    } else if (is_parked_) {
      collector_.notify_one();
    }
  }
  return is_ready();
}

// --- leading

void PoolCore::lead(Lock& lock,
                    Leader who,
                    const std::function<bool()>& is_done,
                    const Deadline& deadline) {
  leader_ = who;
  while (true) {
    const std::size_t answers = dispatcher_.collect();
    tell_waiters();
    if (is_done() || dispatcher_.unfinished() == 0 || deadline.expired() ||
        (who == Leader::collector &&
         (step_aside_.load(std::memory_order_relaxed) || !to_call_back_.empty()))) {
      break;
    }
    sleep_as_leader(lock, who, answers, deadline);
  }
  leader_ = Leader::none;
  if (who == Leader::collector && step_aside_.exchange(false, std::memory_order_relaxed)) {
    ready_.notify_all();
  }
}

// Without the lock the leader looks at the channels of before. A thread that changes the workers
// rings.
void PoolCore::sleep_as_leader(Lock& lock,
                               Leader who,
                               std::size_t answers,
                               const Deadline& deadline) {
  const bool in_bulk = answers >= bulk;
  dispatcher_.ask_to_ring(in_bulk);
  Deadline until = deadline;
  if (in_bulk) {
    until = until.capped(bulk_sleep);
  } else if (const auto patience = dispatcher_.patience()) {
    until = until.capped(*patience);
  }
  const auto channels = dispatcher_.channels();
  lock.unlock();
  const auto has_answer = [&] {
    return step_aside_.load(std::memory_order_relaxed) ||
           std::ranges::any_of(*channels, [](const auto& one) { return one->has_answer(); });
  };
  if (who == Leader::collector || !spin_.until(has_answer)) {
    transport_->sleep([&] { return must_wake(*channels); }, until);
  }
  lock.lock();
  has_news_.store(false, std::memory_order_relaxed);
}

void PoolCore::wake_leader() {
  has_news_.store(true, std::memory_order_relaxed);
  transport_->wake();
}

bool PoolCore::must_wake(const Dispatcher::Channels& channels) const {
  return step_aside_.load(std::memory_order_relaxed) || has_news_.load(std::memory_order_relaxed) ||
         std::ranges::any_of(channels, [](const auto& one) { return one->has_wanted(); });
}

// --- the end

void PoolCore::require_running() const {
  if (state_ != State::running) {
    throw ValueError("Pool not running");
  }
}

bool PoolCore::is_ours() const noexcept {
  return generation_ == platform::fork_generation();
}

bool PoolCore::is_running() const {
  const Lock lock(mutex_);
  return state_ == State::running;
}

const char* PoolCore::state_name() const {
  const Lock lock(mutex_);
  switch (state_) {
    case State::running:
      return "RUN";
    case State::closing:
      return "CLOSE";
    case State::terminated:
      break;
  }
  return "TERMINATE";
}

std::vector<int> PoolCore::pids() const {
  const Lock lock(mutex_);
  std::vector<int> all;
  for (const auto& seat : dispatcher_.seats()) {
    all.push_back(seat->worker->pid());
  }
  return all;
}

void PoolCore::close() {
  const Lock lock(mutex_);
  if (state_ == State::running) {
    state_ = State::closing;
    collector_.notify_one();
    control_.set();
  }
}

void PoolCore::terminate() {
  const Lock lock(mutex_);
  if (state_ == State::terminated) {
    return;
  }
  state_ = State::terminated;
  patience_ = Deadline(grace);
  dispatcher_.give_up(
      std::make_exception_ptr(PoolTerminated("the pool was terminated before the task was done")));
  for (const auto& seat : dispatcher_.seats()) {
    seat->channel->close();
    seat->worker->terminate();
  }
  has_let_go_ = true;
  tell_waiters();
  collector_.notify_one();
  wake_leader();
  control_.set();
}

void PoolCore::join() {
  if (is_running()) {
    throw ValueError("Pool is still running");
  }
  const Lock lock(joining_);
  const auto self = std::this_thread::get_id();
  if (self == collector_thread_.get_id() || self == keeper_thread_.get_id()) {
    throw UsageError("a callback cannot join its own pool");
  }
  for (std::thread* const thread : {&keeper_thread_, &collector_thread_}) {
    if (thread->joinable()) {
      thread->join();
    }
  }
}

void PoolCore::abandon() noexcept {
  for (std::thread* const thread : {&keeper_thread_, &collector_thread_}) {
    if (thread->joinable()) {
      thread->detach();
    }
  }
}

}  // namespace progeny::multiprocessing::detail
