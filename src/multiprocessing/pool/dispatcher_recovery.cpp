// What the dispatcher does about slow and dead workers, and at the end.

#include "multiprocessing/pool/dispatcher.hpp"
#include "multiprocessing/pool/ledger.hpp"
#include "multiprocessing/pool/transport.hpp"
#include "platform/system/signals.hpp"

#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/pool/errors.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

using Clock = std::chrono::steady_clock;

// A worker that has answered nothing for so long runs a long task. Others may take what waits.
constexpr std::chrono::microseconds slow{100};
// A worker that has not even begun its only task for so long is stopped, or does not get a
// processor.
constexpr std::chrono::milliseconds stuck{20};

}  // namespace

namespace {

// Whether the worker has begun its only task.
bool has_begun_it(const Seat& seat) noexcept {
  std::uint64_t number = seat.first;
  while (seat.tasks[number % Seat::window] == nullptr) {
    ++number;
  }
  return seat.channel->has_begun(number);
}

}  // namespace

// How many workers have no task, and would begin one.
std::size_t Dispatcher::usable_idle() const noexcept {
  if (idle_ == 0) {
    return 0;
  }
  return static_cast<std::size_t>(std::ranges::count_if(
      seats_, [](const auto& seat) { return seat->in_hand == 0 && !seat->is_stuck; }));
}

std::optional<std::chrono::microseconds> Dispatcher::patience() const {
  std::optional<std::chrono::microseconds> least;
  const std::size_t idle = usable_idle();
  for (const auto& seat : seats_) {
    if (seat->rest != 0 || (idle != 0 && seat->in_hand > 1)) {
      return 2 * slow;
    }
    if (seat->is_stuck || (idle != 0 && seat->in_hand == 1 && !has_begun_it(*seat))) {
      least = stuck;
    }
  }
  return least;
}

// Until it has passed over what was taken back.
bool Dispatcher::is_stuck(Seat& seat) noexcept {
  seat.is_stuck = seat.is_stuck && !seat.channel->is_drained();
  return seat.is_stuck;
}

// Tasks that wait behind a long one, or for a worker that is stopped, go to workers without any.
void Dispatcher::balance() {
  const std::size_t idle = usable_idle();
  if (idle == 0 || !waiting_.empty()) {
    return;
  }
  const auto now = Clock::now();
  for (const auto& seat : seats_) {
    const auto quiet = now - seat->progress;
    const bool has_only_one = seat->in_hand == 1;
    if (seat->in_hand == 0 || seat->rest != 0 || quiet < (has_only_one ? stuck : slow)) {
      continue;
    }
    const std::size_t most = has_only_one ? 1 : std::min(idle, seat->in_hand - 1);
    if (take_back_some(*seat, most) != 0) {
      seat->is_stuck = has_only_one;
      feed();
    }
  }
}

// The last ones first. Returns how many.
std::size_t Dispatcher::take_back_some(Seat& seat, std::size_t most) {
  std::size_t taken = 0;
  for (std::uint64_t number = seat.next; taken != most && number-- > seat.first;) {
    PoolTask*& task = seat.task(number);
    if (task != nullptr && task->job && seat.channel->take_back(number)) {
      waiting_.push_front(std::exchange(task, nullptr));
      --seat.given;
      ++taken;
      if (--seat.in_hand == 0) {
        ++idle_;
      }
    }
  }
  is_full_ = false;
  return taken;
}

// Handles and shared memory among the arguments are the dead worker's: they cannot be sent again.
void Dispatcher::lose(Seat& seat, PoolTask* task) {
  if (!task->job) {
    task->claims.mark_sent();
    store_.give_back(task);
    return;
  }
  task->attempts.push_back({.pid = seat.worker->pid(),
                            .exitcode = seat.worker->exitcode(),
                            .index = task->first_index + seat.channel->item()});
  if (!task->tickets && task->attempts.size() <= rules_.retries_of(*task->job)) {
    waiting_.push_front(task);
    return;
  }
  task->claims.mark_sent();
  const WorkerLost error(rules_.name_of(*task->job), task->attempts);
  finish(task, PoolOutcome::failure(std::make_exception_ptr(error)));
}

// What the worker has answered before its end counts.
std::unique_ptr<Seat> Dispatcher::bury(std::size_t position) {
  Seat& seat = *seats_[position];
  static_cast<void>(collect_from(seat));
  if (!seat.is_ready && seat.worker->exitcode() != -platform::signal_kill()) {
    ++failed_starts_;
  }
  if (seat.in_hand == 0) {
    --idle_;
  }
  for (std::uint64_t number = seat.next; number-- > seat.first;) {
    PoolTask* const task = std::exchange(seat.task(number), nullptr);
    if (task != nullptr && !seat.channel->has_begun(number) && task->job) {
      waiting_.push_front(task);
    } else if (task != nullptr) {
      lose(seat, task);
    }
  }
  auto buried = std::move(seats_[position]);
  seats_.erase(seats_.begin() + static_cast<std::ptrdiff_t>(position));
  is_full_ = false;
  list_channels();
  return buried;
}

void Dispatcher::give_up(const std::exception_ptr& error) {
  while (!waiting_.empty()) {
    finish(waiting_.pop_front(), PoolOutcome::failure(error));
  }
  for (const auto& seat : seats_) {
    seat->rest = 0;  // The worker stops waiting for it when its channel is closed.
    static_cast<void>(take_back_some(*seat, seat->in_hand));
    for (std::uint64_t number = seat->first; number < seat->next; ++number) {
      PoolTask* const task = seat->task(number);
      if (task != nullptr && task->job) {
        const auto job = std::move(task->job);
        --unfinished_;
        rules_.done(*job, task->position, PoolOutcome::failure(error));
      }
    }
  }
  while (!waiting_.empty()) {
    finish(waiting_.pop_front(), PoolOutcome::failure(error));
  }
}

}  // namespace progeny::multiprocessing::detail
