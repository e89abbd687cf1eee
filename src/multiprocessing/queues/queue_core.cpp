#include <progeny/multiprocessing/detail/queue_core.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/connection/tickets.hpp"
#include "multiprocessing/memory/adaptive_spin.hpp"
#include "multiprocessing/memory/bell.hpp"
#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/memory/sleepers.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/queues/block_pool.hpp"
#include "multiprocessing/queues/call_limit.hpp"
#include "multiprocessing/queues/message_log.hpp"
#include "multiprocessing/queues/queue_state.hpp"
#include "multiprocessing/queues/unread_handles.hpp"
#include "platform/io/event.hpp"
#include "platform/ipc/socket.hpp"
#include "platform/memory/futex.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/message_view.hpp>
#include <progeny/multiprocessing/detail/queue_message.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/serial/message.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

// `Queue::put` to `Queue::get`, by the calls that they make:
//
//     producer                                  consumer
//     put_value    encodes the value            get_value    says where the value goes
//     put_all      puts, or waits for room      get          gets, or waits for a message
//     put          stores it in the log         get          copies it out of the log
//     bell.ring    wakes one getter             putters.ring wakes one putter
//     ...          and sets the event if        ...          and clears the event if polled
//                  any process polls                         and nothing is left
//
// Each side waits by `Sleepers`: it looks again and again for a moment (AdaptiveSpin), then sleeps
// on a futex until the other side rings. Only one wake-up is under way at a time (see Sleepers). So
// a process that was woken, and finds more than it takes, rings for the next of its own side.

namespace {

using progeny::detail::Deadline;

// SEM_VALUE_MAX, the most that Python's queue can be limited to.
constexpr std::ptrdiff_t largest_maxsize = 2147483647;

}  // namespace

struct QueueCore::Parts {
  // `is_new`: no other process can have it yet.
  Parts(std::shared_ptr<MessageLog> messages, platform::Event event, bool is_new)
      : log(std::move(messages)),
        shared(log->extra<QueueState>()),
        bell(shared.getters, shared.is_polled, std::move(event)),
        unread(is_new) {
    // Children fetch the handles of values under this key. It has to exist before they do.
    static_cast<void>(current_authkey());
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() { unread.drop(log); }

  [[nodiscard]] std::uint64_t maxsize() const noexcept {
    return shared.maxsize.load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool has_room() const noexcept { return log->has_room(maxsize()); }
  [[nodiscard]] bool has_message() const noexcept { return !log->is_empty(); }

  template <class PutFrom>
  [[nodiscard]] std::size_t put_now(const PutFrom& put_from, std::size_t first, CallLimit& wait);
  template <class PutFrom>
  std::size_t put_all(std::size_t count, const Timeout& timeout, const PutFrom& put_from);
  std::size_t put_all(std::span<const MessageView> messages, const Timeout& timeout);
  void put_one(const MessageView& message, const Timeout& timeout);

  enum class Waited : std::uint8_t { no, awake, asleep };
  [[nodiscard]] bool get_now(QueueMessage& message, Waited waited, CallLimit& wait);
  void after_getting(bool has_slept) noexcept;
  void silence_if_empty() noexcept {
    bell.clear_unless([this] { return has_message(); });
  }

  std::shared_ptr<MessageLog> log;
  QueueState& shared;  ///< In the memory of `log`.
  PollBell bell;
  std::atomic<bool> closed{false};  ///< For this process alone. Orders nothing: relaxed.
  AdaptiveSpin spin;
  UnreadHandles unread;
};

std::shared_ptr<QueueCore> QueueCore::make(std::ptrdiff_t maxsize, ClosedQueue closed) {
  if (maxsize > largest_maxsize) {
    throw ValueError(fmt::format("a queue of {} messages: {} at most", maxsize, largest_maxsize));
  }
  auto parts = std::make_unique<Parts>(MessageLog::make(), platform::Event(), true);
  parts->shared.maxsize.store(static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(maxsize, 0)),
                              std::memory_order_relaxed);
  parts->shared.closed_answer.store(static_cast<std::uint32_t>(closed), std::memory_order_relaxed);
  return std::make_shared<QueueCore>(std::move(parts));
}

std::shared_ptr<QueueCore> QueueCore::load(serial::Reader& reader) {
  auto roster = Roster::in(load_region(reader));
  const native_handle memory = reader.borrow_handle(reader.read<std::uint32_t>());
  const native_handle event = reader.borrow_handle(reader.read<std::uint32_t>());
  auto log = MessageLog::attach(memory, std::move(roster));
  return std::make_shared<QueueCore>(
      std::make_unique<Parts>(std::move(log), platform::Event(platform::duplicate(event)), false));
}

void QueueCore::save(serial::Writer& writer) const {
  parts_->unread.note_travel();
  save_region(writer, *parts_->log->roster().region());
  writer.write(writer.share_handle(parts_->log->region()->handle()));
  writer.write(writer.share_handle(parts_->bell.handle()));
}

QueueCore::QueueCore(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}

QueueCore::~QueueCore() = default;

void QueueCore::check_open() const {
  if (!parts_->closed.load(std::memory_order_relaxed)) {
    return;
  }
  if (parts_->shared.closed_answer.load(std::memory_order_relaxed) ==
      static_cast<std::uint32_t>(ClosedQueue::is_os_error)) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "handle is closed");
  }
  throw ValueError("the queue is closed");
}

// Puts what there is room for from message number `first` on, and tells the other side.
template <class PutFrom>
std::size_t QueueCore::Parts::put_now(const PutFrom& put_from, std::size_t first, CallLimit& wait) {
  const std::size_t count = put_from(first, wait);
  if (count != 0) {
    bell.ring();
  }
  return count;
}

// `put_from(first, wait)` puts what there is room for now from message number `first` on, and
// returns how many that is.
template <class PutFrom>
std::size_t QueueCore::Parts::put_all(std::size_t count,
                                      const Timeout& timeout,
                                      const PutFrom& put_from) {
  CallLimit wait(timeout);
  // The usual case: without a look at the clock.
  std::size_t done = put_now(put_from, 0, wait);
  if (done == count) {
    return done;
  }
  const auto room = [this] { return has_room(); };
  const Deadline& deadline = wait.deadline();
  bool has_slept = false;
  for (;;) {
    std::size_t more = 0;
    try {
      more = put_now(put_from, done, wait);
    } catch (const OSError&) {
      if (done == 0) {
        throw;
      }
      return done;  // There is no memory for more.
    }
    done += more;
    // A putter that was woken has the only wake-up that is under way: it passes it on.
    if (more != 0 && has_slept && has_room()) {
      shared.putters.ring();
    }
    if (done == count || (more == 0 && deadline.expired())) {
      return done;
    }
    if (more == 0 && !spin.until(room)) {
      shared.putters.sleep_until(room, deadline);
      has_slept = true;
    }
  }
}

std::size_t QueueCore::Parts::put_all(std::span<const MessageView> messages,
                                      const Timeout& timeout) {
  return put_all(messages.size(), timeout, [&](std::size_t first, CallLimit& wait) {
    return log->put(messages.subspan(first), maxsize(), wait);
  });
}

void QueueCore::Parts::put_one(const MessageView& message, const Timeout& timeout) {
  if (put_all(std::span(&message, 1), timeout) == 0) {
    throw Full("the queue is full");
  }
}

void QueueCore::put(serial::Writer& message, const Timeout& timeout) {
  check_open();
  const bool has_handles = !message.handles().empty();
  Tickets tickets = has_handles ? Tickets(message.handles()) : Tickets();
  parts_->put_one({.head = tickets.text(), .body = message.bytes(), .has_tickets = has_handles},
                  timeout);
  if (has_handles) {
    parts_->unread.note_put();
    tickets.hand_over();
  }
  message.mark_sent();
}

void QueueCore::put(const MessageView& message, const Timeout& timeout) {
  check_open();
  parts_->put_one(message, timeout);
}

std::size_t QueueCore::put_many(const MessageBatch& batch, const Timeout& timeout) {
  check_open();
  return parts_->put_all(batch.size(), timeout, [&](std::size_t first, CallLimit& wait) {
    return parts_->log->put(batch, first, parts_->maxsize(), wait);
  });
}

std::size_t QueueCore::put_many(std::span<serial::Outgoing> messages, const Timeout& timeout) {
  check_open();
  std::vector<Tickets> tickets(messages.size());
  std::vector<MessageView> views;
  views.reserve(messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const bool has_handles = !messages[i].handles.empty();
    if (has_handles) {
      tickets[i] = Tickets(messages[i].handles);
    }
    views.push_back(
        {.head = tickets[i].text(), .body = messages[i].bytes, .has_tickets = has_handles});
  }
  const std::size_t done = parts_->put_all(views, timeout);
  if (done != 0) {
    parts_->unread.note_put();
  }
  for (std::size_t i = 0; i < done; ++i) {
    tickets[i].hand_over();
    messages[i].claims.mark_sent();
  }
  return done;
}

// Tells the other side of the room, and passes a wake-up on to the next getter.
void QueueCore::Parts::after_getting(bool has_slept) noexcept {
  if (maxsize() != 0) {  // Else no putter waits for room.
    shared.putters.ring();
  }
  if (has_slept && has_message()) {
    shared.getters.ring();
  }
  silence_if_empty();
}

bool QueueCore::Parts::get_now(QueueMessage& message, Waited waited, CallLimit& wait) {
  const std::size_t there = log->get(message, wait);
  if (there == 0) {
    log->shrink();
    silence_if_empty();  // The consumer of the last message may have been killed before it did.
    return false;
  }
  if (waited != Waited::no) {
    spin.found(there > 1);
  }
  after_getting(waited == Waited::asleep);
  return true;
}

void QueueCore::get(QueueMessage& message, const Timeout& timeout) {
  check_open();
  Parts& own = *parts_;
  auto waited = Parts::Waited::no;
  CallLimit wait(timeout);
  if (own.get_now(message, waited, wait)) {
    return;
  }
  const Deadline& deadline = wait.deadline();
  const auto has_come = [&own] { return own.has_message(); };
  while (!own.get_now(message, waited, wait)) {
    if (deadline.expired()) {
      throw Empty("the queue is empty");
    }
    if (own.spin.until(has_come)) {
      waited = std::max(waited, Parts::Waited::awake);
    } else {
      own.shared.getters.sleep_until(has_come, deadline);
      waited = Parts::Waited::asleep;
    }
  }
}

bool QueueCore::get_batch(MessageBatch& batch, std::size_t most) {
  check_open();
  CallLimit wait(std::chrono::nanoseconds::zero());
  if (parts_->log->get_many(batch, most, wait) == 0) {
    return false;
  }
  // The caller may have slept in a `get` before: a wake-up that is passed on for nothing is cheap.
  parts_->after_getting(true);
  return true;
}

std::size_t QueueCore::qsize() const noexcept {
  return parts_->log->size();
}

// Python's queue asks its pipe, which `close` has closed if it was ever used.
bool QueueCore::empty() const {
  if (parts_->closed.load(std::memory_order_relaxed) && parts_->log->put_count() != 0) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "the queue is closed");
  }
  return !parts_->has_message();
}

bool QueueCore::full() const noexcept {
  return !parts_->has_room();
}

void QueueCore::close() noexcept {
  parts_->closed.store(true, std::memory_order_relaxed);
}

void QueueCore::join_thread() const {
  if (!parts_->closed.load(std::memory_order_relaxed)) {
    throw UsageError("join_thread() comes after close(): the queue is still open");
  }
}

native_handle QueueCore::fileno() {
  check_open();
  parts_->bell.start_polling();
  parts_->bell.set_if([this] { return parts_->has_message(); });
  return parts_->bell.handle();
}

// `done` follows the log's count of puts. All is done when the two are equal.
//
//     task_done                              join
//     1. add one to done                     1. add one to joiners
//     2. if all is done: load joiners,       2. load done; return if all is done
//        and wake them if there are any      3. sleep while done is what was loaded
//
// All four are seq_cst, so one of the two first steps comes first: either task_done sees the
// joiner, or the joiner sees that all is done, or sees `done` change and does not sleep.
void QueueCore::task_done() {
  QueueState& shared = parts_->shared;
  std::uint32_t done = shared.done.load(std::memory_order_relaxed);
  std::uint32_t next = 0;
  do {
    if (done == parts_->log->put_count()) {
      throw ValueError("task_done() called too many times: no task is unfinished");
    }
    next = (done + 1) & mask_of_sequence;
  } while (!shared.done.compare_exchange_weak(done, next, std::memory_order_seq_cst));
  if (next == parts_->log->put_count() && shared.joiners.load(std::memory_order_seq_cst) != 0) {
    platform::wake_all(shared.done);
  }
}

// The sleep is limited: a process may be killed between its last `task_done` and the wake-up.
bool QueueCore::join(const Timeout& timeout) {
  QueueState& shared = parts_->shared;
  const Deadline deadline(timeout);
  for (;;) {
    shared.joiners.fetch_add(1, std::memory_order_seq_cst);
    const std::uint32_t done = shared.done.load(std::memory_order_seq_cst);
    const bool finished = done == parts_->log->put_count();
    if (!finished && !deadline.expired()) {
      static_cast<void>(platform::wait_on(shared.done, done, deadline.capped(longest_sleep)));
    }
    shared.joiners.fetch_sub(1, std::memory_order_seq_cst);
    if (finished) {
      return true;
    }
    if (deadline.expired()) {
      return shared.done.load(std::memory_order_seq_cst) == parts_->log->put_count();
    }
  }
}

}  // namespace progeny::multiprocessing::detail
