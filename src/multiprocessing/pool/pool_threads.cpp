// The two threads of a pool: see pool_core.hpp.

#include "base/deadline.hpp"
#include "base/log.hpp"
#include "multiprocessing/pool/dispatcher.hpp"
#include "multiprocessing/pool/ledger.hpp"
#include "multiprocessing/pool/pool_core.hpp"
#include "multiprocessing/pool/worker_life.hpp"
#include "platform/io/readable.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/pool/errors.hpp>
#include <progeny/serial/exceptions.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

using progeny::detail::Deadline;

// How long the collector sleeps at once, and for how many quiet looks, before it parks.
constexpr std::chrono::milliseconds look_again{1};
constexpr int quiet_looks = 20;
// How many workers more than the pool has may fail in a row before any is ready.
constexpr std::size_t initializer_tries = 2;
constexpr std::size_t start_tries = 8;
// After a refusal of the system, a worker is started again so much later.
constexpr std::chrono::milliseconds after_refusal{50};

}  // namespace

// --- the collector

bool PoolCore::all_done() const {
  return dispatcher_.unfinished() == 0 && to_call_back_.empty() && calling_ == 0;
}

// Tells the workers to end, once a pool that is closed has nothing more to do.
void PoolCore::let_workers_go() {
  if (state_ == State::running || has_let_go_ || !all_done()) {
    return;
  }
  has_let_go_ = true;
  for (const auto& seat : dispatcher_.seats()) {
    seat->channel->close();
  }
  control_.set();
}

void PoolCore::collect() noexcept {
  Lock lock(mutex_);
  while (true) {
    if (!to_call_back_.empty()) {
      run_callbacks(lock);
      continue;
    }
    let_workers_go();
    if (has_let_go_ && keeper_is_done_) {
      return;
    }
    const bool is_needed = leader_ == Leader::none && dispatcher_.unfinished() != 0 &&
                           waiters_ == 0 && activity_ == seen_activity_;
    if (is_needed) {
      lead(lock, Leader::collector, [] { return false; }, Deadline());
    } else {
      take_a_rest(lock);
    }
  }
}

// A millisecond; or, if nothing has happened for several, until it is told.
void PoolCore::take_a_rest(Lock& lock) {
  const bool is_quiet = std::exchange(seen_activity_, activity_) == activity_;
  quiet_looks_ = is_quiet ? quiet_looks_ + 1 : 0;
  if (quiet_looks_ < quiet_looks) {
    collector_.wait_for(lock, look_again);
    return;
  }
  is_parked_ = true;
  collector_.wait(lock);
  is_parked_ = false;
  quiet_looks_ = 0;
}

namespace {

void log_failed_callback() noexcept {
  try {
    progeny::detail::log_warning(fmt::format("a callback of a pool has thrown:\n{}",
                                             serial::format_exception(std::current_exception())));
  } catch (...) {  // NOLINT(bugprone-empty-catch): there is no memory for a warning.
  }
}

}  // namespace

// A job is ready after its callback, also if that throws.
void PoolCore::run_callbacks(Lock& lock) {
  while (!to_call_back_.empty()) {
    const auto job = std::move(to_call_back_.front());
    to_call_back_.pop_front();
    ++calling_;
    lock.unlock();
    try {
      if (job->failed_ == nullptr) {
        if (job->options_.callback) {
          job->options_.callback(*job);
        }
      } else if (job->options_.error_callback) {
        job->options_.error_callback(PoolJob::error_of(*job->failed_));
      }
    } catch (...) {
      log_failed_callback();
    }
    job->options_.callback = nullptr;
    job->options_.error_callback = nullptr;
    lock.lock();
    --calling_;
    job->ready_.store(true, std::memory_order_release);
    has_finished_ = true;
    tell_waiters();
  }
}

// --- the keeper

void PoolCore::keep() noexcept {
  Lock lock(mutex_);
  while (state_ == State::running || !has_let_go_ || !dispatcher_.seats().empty()) {
    wait_for_an_end(lock);
    bury_the_dead(lock);
    kill_late_ones();
    note_failures();
    fill_up(lock);
  }
  keeper_is_done_ = true;
  collector_.notify_one();
}

// Only this thread removes workers, so their sentinels stay valid without the lock.
void PoolCore::wait_for_an_end(Lock& lock) {
  std::vector<native_handle> handles{control_.handle()};
  for (const auto& seat : dispatcher_.seats()) {
    handles.push_back(seat->worker->sentinel());
  }
  Deadline deadline;
  if (state_ == State::terminated && !patience_.expired()) {
    deadline = patience_;
  } else if (refused_starts_ != 0) {
    deadline = Deadline(after_refusal);
  }
  lock.unlock();
  static_cast<void>(platform::wait_readable(handles, deadline));
  control_.clear();
  lock.lock();
}

// A buried worker is destroyed without the lock.
void PoolCore::bury_the_dead(Lock& lock) {
  std::vector<std::unique_ptr<Seat>> buried;
  for (std::size_t position = dispatcher_.seats().size(); position-- > 0;) {
    if (dispatcher_.seats()[position]->worker->has_ended()) {
      buried.push_back(dispatcher_.bury(position));
    }
  }
  if (buried.empty()) {
    return;
  }
  if (state_ == State::terminated) {
    dispatcher_.give_up(std::make_exception_ptr(
        PoolTerminated("the pool was terminated before the task was done")));
  }
  dispatcher_.feed();
  tell_waiters();
  wake_leader();
  collector_.notify_one();
  lock.unlock();
  buried.clear();
  lock.lock();
}

void PoolCore::kill_late_ones() {
  if (state_ == State::terminated && patience_.expired()) {
    for (const auto& seat : dispatcher_.seats()) {
      static_cast<void>(seat->worker->kill());
    }
  }
}

// Workers that end again and again before they are ready: the pool gives up.
void PoolCore::note_failures() {
  if (broken_ || state_ == State::terminated) {
    return;
  }
  const std::size_t failed = dispatcher_.failed_starts();
  if (dispatcher_.init_error() && failed >= size_ + initializer_tries) {
    broken_ = dispatcher_.init_error();
  } else if (failed >= size_ + start_tries) {
    broken_ = std::make_exception_ptr(
        ProcessError("the workers of the pool end before they have called their initializer"));
  } else if (refused_starts_ >= start_tries && dispatcher_.seats().empty()) {
    broken_ = start_error_;
  }
  if (broken_) {
    dispatcher_.give_up(broken_);
    tell_waiters();
    wake_leader();
    collector_.notify_one();
  }
}

// A pool that is closed needs workers only while it has something to do.
void PoolCore::fill_up(Lock& lock) {
  const auto is_wanted = [this] {
    return !broken_ && state_ != State::terminated && !has_let_go_ &&
           dispatcher_.seats().size() < size_;
  };
  while (is_wanted()) {
    lock.unlock();
    std::exception_ptr error;
    try {
      start_worker();
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error) {
      ++refused_starts_;
      start_error_ = error;
      return;
    }
    refused_starts_ = 0;
  }
}

}  // namespace progeny::multiprocessing::detail
