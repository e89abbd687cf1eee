#include "multiprocessing/pool/dispatcher.hpp"

#include "multiprocessing/connection/tickets.hpp"
#include "multiprocessing/pool/ledger.hpp"
#include "multiprocessing/pool/transport.hpp"

#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/pool/errors.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/function.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

using Clock = std::chrono::steady_clock;

// So much work is handed to a worker ahead, in seconds. It hides how long an answer and the next
// task travel.
constexpr double work_ahead = 200e-6;
constexpr std::size_t most_ahead = 128;
// So much work, in seconds, is not worth waking another worker.
constexpr double work_at_once = 30e-6;
// Longer arguments are handed only to workers that have at most one other task.
constexpr std::size_t long_message = std::size_t{16} << 10;

}  // namespace

std::uint32_t Dispatcher::number_of(const serial::Function& function) {
  const auto is_same = [&](const KnownFunction& known) {
    return known.function.descriptor == function.descriptor &&
           known.function.callee == function.callee;
  };
  if (last_function_ < functions_.size() && is_same(functions_[last_function_])) {
    return last_function_;
  }
  const auto found = std::ranges::find_if(functions_, is_same);
  last_function_ = static_cast<std::uint32_t>(found - functions_.begin());
  if (found == functions_.end()) {
    functions_.push_back(
        {.function = function, .token = serial::to_bytes(serial::token_of(function))});
  }
  return last_function_;
}

void Dispatcher::add(const std::shared_ptr<PoolJob>& job,
                     std::size_t position,
                     std::size_t first_index,
                     PoolWork work) {
  PoolTask* const task = store_.take();
  task->job = job;
  task->position = position;
  task->first_index = first_index;
  ++unfinished_;
  try {
    if (work.error) {
      std::rethrow_exception(work.error);
    }
    task->thunk = std::move(work.thunk);
    if (rules_.by_address) {
      const PoolThunk* const address = task->thunk.get();
      task->bytes.assign(reinterpret_cast<const char*>(&address), sizeof address);
    } else {
      task->function = number_of(work.function);
      task->bytes = std::move(work.message.bytes);
      if (!work.message.handles.empty()) {
        task->tickets = std::make_unique<Tickets>(work.message.handles);
        task->bytes.insert(0, task->tickets->text());
      }
      task->claims = std::move(work.message.claims);
    }
    waiting_.push_back(task);
  } catch (...) {
    finish(task, PoolOutcome::failure(std::current_exception()));
  }
}

Seat& Dispatcher::seat(std::shared_ptr<PoolChannel> channel, std::unique_ptr<PoolWorker> worker) {
  seats_.push_back(std::make_unique<Seat>());
  Seat& seat = *seats_.back();
  seat.channel = std::move(channel);
  seat.worker = std::move(worker);
  ++idle_;
  is_full_ = false;
  list_channels();
  return seat;
}

void Dispatcher::list_channels() {
  Channels all;
  for (const auto& seat : seats_) {
    all.push_back(seat->channel);
  }
  channels_ = std::make_shared<const Channels>(std::move(all));
}

// --- handing out

// A worker without a task, if there is one. Otherwise the next that may have another. While tasks
// are short, the worker that got the last one gets some more first: it is awake, and to wake
// another costs more than they do. If they turn out to be long, `balance` takes them back.
Seat* Dispatcher::pick() {
  if (const double few = work_at_once / task_time_; few >= 2 && at_seat_ < seats_.size()) {
    Seat& last = *seats_[at_seat_];
    if (last.in_hand != 0 && static_cast<double>(last.in_hand) < few && last.in_hand < ahead_ &&
        !is_stuck(last) && (rules_.most_tasks == 0 || last.given < rules_.most_tasks)) {
      return &last;
    }
  }
  Seat* const idle = idle_ != 0 ? next_with(1) : nullptr;
  return idle != nullptr ? idle : next_with(ahead_);
}

// The next worker with fewer tasks than that.
Seat* Dispatcher::next_with(std::size_t most) {
  for (std::size_t step = 0; step < seats_.size(); ++step) {
    at_seat_ = at_seat_ + 1 < seats_.size() ? at_seat_ + 1 : 0;
    Seat& seat = *seats_[at_seat_];
    if (seat.in_hand < most && !is_stuck(seat) &&
        (rules_.most_tasks == 0 || seat.given < rules_.most_tasks)) {
      return &seat;
    }
  }
  return nullptr;
}

void Dispatcher::feed() {
  std::size_t refused = 0;
  while (!waiting_.empty() && !is_full_) {
    Seat* const seat = pick();
    if (seat != nullptr && hand(*seat, waiting_.front())) {
      static_cast<void>(waiting_.pop_front());
      refused = 0;
    } else if (seat == nullptr || ++refused >= seats_.size()) {
      is_full_ = true;
    }
  }
}

// What was taken back at the end of the window counts until the worker has passed over it.
bool Dispatcher::has_window(Seat& seat) noexcept {
  if (seat.next - seat.first < Seat::window - 1) {
    return true;
  }
  if (seat.in_hand == 0 && seat.channel->is_drained()) {
    seat.first = seat.next;
    return true;
  }
  return false;
}

bool Dispatcher::tell_functions(Seat& seat, std::uint32_t function) {
  while (seat.functions <= function) {
    if (!seat.channel->offer({.kind = TaskMessage::Kind::function,
                              .function = seat.functions,
                              .bytes = functions_[seat.functions].token})) {
      return false;
    }
    ++seat.functions;
  }
  return true;
}

bool Dispatcher::hand(Seat& seat, PoolTask& task) {
  const bool is_long = task.bytes.size() > long_message;
  if (seat.rest != 0 || (is_long && seat.in_hand > 1) || !has_window(seat) ||
      (!rules_.by_address && !tell_functions(seat, task.function))) {
    return false;
  }
  task.number = seat.next;
  if (!seat.channel->offer({.has_tickets = task.tickets != nullptr,
                            .function = task.function,
                            .number = task.number,
                            .bytes = task.bytes})) {
    return false;
  }
  if (is_long && !seat.channel->push_rest()) {
    seat.rest = task.number;
  }
  seat.task(seat.next++) = &task;
  ++seat.given;
  if (seat.in_hand++ == 0) {
    --idle_;
    seat.progress = Clock::now();
  }
  seat.channel->wake();
  return true;
}

// --- answers

PoolOutcome Dispatcher::outcome_of(PoolTask& task, const Answer& answer) const {
  PoolOutcome outcome;
  if (rules_.by_address) {
    std::exception_ptr* error = nullptr;
    std::memcpy(&error, answer.bytes.data(), sizeof error);
    if (error != nullptr) {
      outcome.error = *std::unique_ptr<std::exception_ptr>(error);
    }
    outcome.value = std::move(task.thunk->result);
    return outcome;
  }
  outcome.bytes.assign(answer.bytes);
  outcome.is_error = answer.kind == Answer::Kind::error;
  outcome.has_tickets = answer.has_tickets;
  return outcome;
}

void Dispatcher::finish(PoolTask* task, PoolOutcome outcome) {
  if (const auto job = std::move(task->job)) {
    --unfinished_;
    rules_.done(*job, task->position, std::move(outcome));
  }
  store_.give_back(task);
}

// An answer to a task that is not awaited comes from a worker whose memory is damaged.
void Dispatcher::take(Seat& seat, const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::ready:
      seat.is_ready = true;
      failed_starts_ = 0;
      init_error_ = nullptr;
      return;
    case Answer::Kind::init_error:
      init_error_ = serial::decode_exception(answer.bytes);
      return;
    case Answer::Kind::retiring:
      return;
    case Answer::Kind::value:
    case Answer::Kind::error:
      break;
  }
  if (answer.number < seat.first || answer.number >= seat.next ||
      seat.task(answer.number) == nullptr) {
    return;
  }
  PoolTask* const task = std::exchange(seat.task(answer.number), nullptr);
  seat.first = answer.number + 1;
  seat.is_stuck = false;
  if (--seat.in_hand == 0) {
    ++idle_;
  }
  if (task->tickets) {
    task->tickets->hand_over();
  }
  task->claims.mark_sent();
  finish(task, outcome_of(*task, answer));
}

// Damaged memory: the worker goes, and with it the task in its hands.
std::size_t Dispatcher::collect_from(Seat& seat) {
  std::size_t answers = 0;
  if (seat.rest != 0) {
    if (seat.channel->push_rest()) {
      seat.rest = 0;
    }
    seat.channel->wake();
  }
  try {
    while (const auto answer = seat.channel->take()) {
      take(seat, *answer);
      ++answers;
    }
  } catch (const std::system_error&) {
    static_cast<void>(seat.worker->kill());
  }
  if (answers != 0) {
    measure(seat, answers);
  }
  return answers;
}

// The mean time of a task, from which follows how many are handed ahead.
void Dispatcher::measure(Seat& seat, std::size_t answers) {
  constexpr double weight = 0.125;
  const auto now = Clock::now();
  const double each =
      std::chrono::duration<double>(now - seat.progress).count() / static_cast<double>(answers);
  seat.progress = now;
  task_time_ += weight * (each - task_time_);
  ahead_ = std::clamp(static_cast<std::size_t>(work_ahead / std::max(task_time_, 1e-9)),
                      std::size_t{2},
                      most_ahead);
  is_full_ = false;
}

std::size_t Dispatcher::collect() {
  std::size_t answers = 0;
  for (const auto& seat : seats_) {
    if (seat->rest != 0 || seat->channel->has_answer()) {
      answers += collect_from(*seat);
    }
  }
  feed();
  balance();
  is_full_ = false;
  return answers;
}

void Dispatcher::ask_to_ring(bool in_bulk) {
  for (const auto& seat : seats_) {
    seat->channel->want(in_bulk ? std::max<std::size_t>(seat->in_hand / 2, 1) : 1);
  }
}

}  // namespace progeny::multiprocessing::detail
