#include <progeny/multiprocessing/detail/queue_core.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/connection/object_message.hpp"
#include "multiprocessing/memory/bell.hpp"
#include "multiprocessing/memory/sleepers.hpp"
#include "multiprocessing/process/authkey.hpp"
#include "multiprocessing/queues/message_log.hpp"
#include "platform/io/event.hpp"
#include "platform/ipc/socket.hpp"
#include "platform/memory/futex.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

using progeny::detail::Deadline;

constexpr std::ptrdiff_t largest_maxsize = 2147483647;

// What processes that use the queue share besides its messages.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): each side has its own cache lines.
struct QueueState {
  std::atomic<std::uint64_t> maxsize;
  std::atomic<std::uint32_t> closed_answer;
  PollFlag is_polled;

  alignas(64) Sleepers getters;
  alignas(64) Sleepers putters;

  alignas(64) platform::FutexWord done;  ///< Calls of `task_done`, modulo 2^29.
  std::atomic<std::uint32_t> joiners;
};

}  // namespace

/// A queue as this process has it.
class SharedQueue : public QueueCore {
 public:
  SharedQueue(std::shared_ptr<MessageLog> log, platform::Event event)
      : log_(std::move(log)), bell_(state().getters, state().is_polled, std::move(event)) {
    // Children must know the key under which handles are fetched.
    static_cast<void>(current_authkey());
  }

  void prepare(std::size_t maxsize, ClosedQueue closed) noexcept {
    state().maxsize.store(maxsize, std::memory_order_relaxed);
    state().closed_answer.store(static_cast<std::uint32_t>(closed), std::memory_order_relaxed);
  }

  void put(serial::Writer& message, bool block, const Timeout& timeout) override;
  void put(const FlatMessage& message, bool block, const Timeout& timeout) override;
  std::size_t put_many(const QueueBatch& batch, bool block, const Timeout& timeout) override;
  std::size_t put_many(std::span<serial::Outgoing> messages,
                       bool block,
                       const Timeout& timeout) override;
  bool get_batch(QueueBatch& batch, std::size_t most) override;
  void get(QueueMessage& message, bool block, const Timeout& timeout) override;
  [[nodiscard]] std::size_t qsize() const override { return log_->size(); }
  [[nodiscard]] bool empty() const override;
  [[nodiscard]] bool full() const override;
  void check_open() const override;
  void close() noexcept override { closed_.store(true, std::memory_order_relaxed); }
  void join_thread() override;
  [[nodiscard]] native_handle fileno() override;
  void task_done() override;
  bool join(const Timeout& timeout) override;
  void save(serial::Writer& writer) const override;

 private:
  [[nodiscard]] QueueState& state() const noexcept { return log_->extra<QueueState>(); }
  [[nodiscard]] bool has_room() const noexcept;
  template <class Messages>
  [[nodiscard]] std::size_t put_now(const Messages& messages);
  template <class Messages>
  std::size_t put_all(const Messages& messages, bool block, const Timeout& timeout);
  void put_one(const MessageLog::Message& message, bool block, const Timeout& timeout);
  enum class Waited : std::uint8_t { no, awake, asleep };
  [[nodiscard]] bool get_now(QueueMessage& message, Waited waited);
  void after_getting(bool has_slept) noexcept;
  void silence_if_empty() noexcept;

  std::shared_ptr<MessageLog> log_;
  PollBell bell_;
  std::atomic<bool> closed_{false};
  AdaptiveSpin spin_;
};

std::shared_ptr<QueueCore> QueueCore::make(std::ptrdiff_t maxsize, ClosedQueue closed) {
  if (maxsize > largest_maxsize) {
    throw ValueError(fmt::format("a queue of {} messages: {} at most", maxsize, largest_maxsize));
  }
  auto queue = std::make_shared<SharedQueue>(MessageLog::make(), platform::Event());
  queue->prepare(static_cast<std::size_t>(std::max<std::ptrdiff_t>(maxsize, 0)), closed);
  return queue;
}

void SharedQueue::check_open() const {
  if (!closed_.load(std::memory_order_relaxed)) {
    return;
  }
  if (state().closed_answer.load(std::memory_order_relaxed) ==
      static_cast<std::uint32_t>(ClosedQueue::is_os_error)) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "handle is closed");
  }
  throw ValueError("the queue is closed");
}

bool SharedQueue::has_room() const noexcept {
  return log_->has_room(state().maxsize.load(std::memory_order_relaxed));
}

template <class Messages>
std::size_t SharedQueue::put_now(const Messages& messages) {
  const std::size_t count = log_->put(messages, state().maxsize.load(std::memory_order_relaxed));
  if (count != 0) {
    bell_.ring();
  }
  return count;
}

template <class Messages>
std::size_t SharedQueue::put_all(const Messages& messages, bool block, const Timeout& timeout) {
  std::size_t done = put_now(messages);
  if (done == messages.size()) {
    return done;
  }
  const auto room = [this] { return has_room(); };
  const Deadline deadline(progeny::detail::timeout_if(block, timeout));
  bool has_slept = false;
  for (;;) {
    std::size_t count = 0;
    try {
      count = put_now(messages.subspan(done));
    } catch (const OSError&) {
      if (done == 0) {
        throw;
      }
      return done;  // There is no memory for more.
    }
    done += count;
    // One wake-up is on its way at a time: whoever it reached passes it on.
    if (count != 0 && has_slept && has_room()) {
      state().putters.ring();
    }
    if (done == messages.size() || (count == 0 && deadline.expired())) {
      return done;
    }
    if (count == 0 && !spin_.until(room)) {
      state().putters.sleep_until(room, deadline);
      has_slept = true;
    }
  }
}

void SharedQueue::put(serial::Writer& message, bool block, const Timeout& timeout) {
  check_open();
  const bool has_handles = !message.handles().empty();
  Tickets tickets = has_handles ? Tickets(message.handles()) : Tickets();
  put_one({.head = tickets.text(), .body = message.bytes(), .flag = has_handles}, block, timeout);
  tickets.hand_over();
  message.mark_sent();
}

void SharedQueue::put(const FlatMessage& message, bool block, const Timeout& timeout) {
  check_open();
  put_one({.head = message.head(), .body = message.body()}, block, timeout);
}

std::size_t SharedQueue::put_many(const QueueBatch& batch, bool block, const Timeout& timeout) {
  check_open();
  return put_all(MessageLog::Batch{.bytes = batch.bytes, .ends = batch.ends}, block, timeout);
}

void SharedQueue::put_one(const MessageLog::Message& message, bool block, const Timeout& timeout) {
  if (put_all(std::span(&message, 1), block, timeout) == 0) {
    throw Full("the queue is full");
  }
}

std::size_t SharedQueue::put_many(std::span<serial::Outgoing> messages,
                                  bool block,
                                  const Timeout& timeout) {
  check_open();
  std::vector<Tickets> tickets(messages.size());
  std::vector<MessageLog::Message> out;
  out.reserve(messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const bool has_handles = !messages[i].handles.empty();
    if (has_handles) {
      tickets[i] = Tickets(messages[i].handles);
    }
    out.push_back({.head = tickets[i].text(), .body = messages[i].bytes, .flag = has_handles});
  }
  const std::size_t done = put_all(std::span<const MessageLog::Message>(out), block, timeout);
  for (std::size_t i = 0; i < done; ++i) {
    tickets[i].hand_over();
    messages[i].claims.mark_sent();
  }
  return done;
}

void SharedQueue::after_getting(bool has_slept) noexcept {
  QueueState& shared = state();
  if (shared.maxsize.load(std::memory_order_relaxed) != 0) {
    shared.putters.ring();
  }
  // As those who put pass it on.
  if (has_slept && !log_->is_empty()) {
    shared.getters.ring();
  }
  silence_if_empty();
}

void SharedQueue::silence_if_empty() noexcept {
  bell_.clear_unless([this] { return !log_->is_empty(); });
}

bool SharedQueue::get_now(QueueMessage& message, Waited waited) {
  MessageLog::Got got;
  if (!log_->get(message.buffer_, got, message.reader_)) {
    silence_if_empty();  // The receiver of the last message may have been killed before it did.
    return false;
  }
  message.bytes_ = got.bytes;
  message.has_tickets_ = got.flag;
  if (got.block != BlockPool::none) {
    message.log_ = log_;
    message.block_ = got.block;
  }
  if (waited != Waited::no) {
    spin_.found(got.has_more);
  }
  after_getting(waited == Waited::asleep);
  return true;
}

void SharedQueue::get(QueueMessage& message, bool block, const Timeout& timeout) {
  check_open();
  message.release();
  if (get_now(message, Waited::no)) {
    return;
  }
  const Deadline deadline(progeny::detail::timeout_if(block, timeout));
  const auto has_come = [this] { return !log_->is_empty(); };
  Waited waited = Waited::no;
  while (!get_now(message, waited)) {
    if (deadline.expired()) {
      throw Empty("the queue is empty");
    }
    if (spin_.until(has_come)) {
      waited = std::max(waited, Waited::awake);
    } else {
      state().getters.sleep_until(has_come, deadline);
      waited = Waited::asleep;
    }
  }
}

bool SharedQueue::get_batch(QueueBatch& batch, std::size_t most) {
  check_open();
  if (log_->get_many(batch.bytes, batch.ends, most) == 0) {
    return false;
  }
  after_getting(true);
  return true;
}

bool SharedQueue::empty() const {
  if (closed_.load(std::memory_order_relaxed) && log_->put_count() != 0) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "the queue is closed");
  }
  return log_->is_empty();
}

bool SharedQueue::full() const {
  return !has_room();
}

void SharedQueue::join_thread() {
  if (!closed_.load(std::memory_order_relaxed)) {
    throw UsageError("join_thread() comes after close(): the queue is still open");
  }
}

native_handle SharedQueue::fileno() {
  check_open();
  bell_.start_polling();
  bell_.set_if([this] { return !log_->is_empty(); });
  return bell_.handle();
}

void SharedQueue::task_done() {
  QueueState& shared = state();
  std::uint32_t done = shared.done.load(std::memory_order_relaxed);
  std::uint32_t next = 0;
  do {
    if (done == log_->put_count()) {
      throw ValueError("task_done() called too many times: no task is unfinished");
    }
    next = (done + 1) & mask_of_sequence;
  } while (!shared.done.compare_exchange_weak(done, next, std::memory_order_seq_cst));
  if (next == log_->put_count() && shared.joiners.load(std::memory_order_seq_cst) != 0) {
    platform::wake_all(shared.done);
  }
}

bool SharedQueue::join(const Timeout& timeout) {
  QueueState& shared = state();
  const Deadline deadline(timeout);
  for (;;) {
    shared.joiners.fetch_add(1, std::memory_order_seq_cst);
    const std::uint32_t done = shared.done.load(std::memory_order_seq_cst);
    const bool finished = done == log_->put_count();
    if (!finished && !deadline.expired()) {
      static_cast<void>(platform::wait_on(shared.done, done, deadline.capped(longest_sleep)));
    }
    shared.joiners.fetch_sub(1, std::memory_order_seq_cst);
    if (finished) {
      return true;
    }
    if (deadline.expired()) {
      return shared.done.load(std::memory_order_seq_cst) == log_->put_count();
    }
  }
}

void SharedQueue::save(serial::Writer& writer) const {
  save_region(writer, *log_->roster().region());
  writer.write(writer.share_handle(log_->region()->handle()));
  writer.write(writer.share_handle(bell_.handle()));
}

std::shared_ptr<QueueCore> QueueCore::load(serial::Reader& reader) {
  auto roster = Roster::in(load_region(reader));
  const native_handle memory = reader.borrow_handle(reader.read<std::uint32_t>());
  const native_handle event = reader.borrow_handle(reader.read<std::uint32_t>());
  return std::make_shared<SharedQueue>(MessageLog::attach(memory, std::move(roster)),
                                       platform::Event(platform::duplicate(event)));
}

}  // namespace progeny::multiprocessing::detail
