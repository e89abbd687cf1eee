// The consumers' side of a MessageLog. What pairs with what is told in message_log.cpp.

#include "multiprocessing/queues/call_limit.hpp"
#include "multiprocessing/queues/log_record.hpp"
#include "multiprocessing/queues/message_log.hpp"
#include "multiprocessing/queues/message_log_layout.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace progeny::multiprocessing::detail {

namespace {

using Index = BlockPool::Index;
using Kind = BlockState::Kind;

// The most bytes of one `get_many`, so that the copy stays in the processor's cache.
constexpr std::size_t most_bytes_of_batch = std::size_t{64} << 10;

// Free memory that is kept for messages to come.
constexpr std::size_t bytes_that_stay = std::size_t{16} << 20;

}  // namespace

// How many messages there are from the head on. Loads the tail only if none were seen last time, or
// `surely`: what a member that died last saw of the tail was not handed over with its lock.
Sequence MessageLog::pending(const LogEnd& head, bool surely) const {
  LogHeader& own = shared();
  std::uint64_t tail = own.tail_seen.load(std::memory_order_relaxed);
  if (surely || LogEnd::unpacked(tail).count == head.count) {
    tail = own.tail.load(std::memory_order_acquire);
    own.tail_seen.store(tail, std::memory_order_relaxed);
  }
  const Sequence there = messages_between(head.count, LogEnd::unpacked(tail).count);
  // Ends with the same number and different places: `is_empty` would say that there is something,
  // and a waiter would look again for ever.
  if (there > most_messages || (there == 0 && tail != head.packed())) {
    throw_damaged_queue();
  }
  return there;
}

std::size_t MessageLog::get(QueueMessage& message, CallLimit& wait) {
  message.release();
  const LockTurn turn(shared().get_lock, *roster_, wait, [this] { return !is_empty(); });
  if (!turn.has_come()) {
    return 0;
  }
  const LogEnd first = sound_end(pool_, shared().head.load(std::memory_order_relaxed));
  const Sequence there = pending(first, turn.from_dead_member());
  if (there == 0) {
    return 0;
  }
  LogEnd head = first;
  const LogRecord record = read_record(pool_, head);
  if (record.is_large) {
    const LargeRecord large = large_record_of(record);
    const std::string_view bytes = start_reading(large.block, large.size, head.count);
    if (record.has_tickets) {
      message.reserve_handles(bytes, region_->handle());
    }
    message.borrow(shared_from_this(), large.block, bytes, record.has_tickets);
  } else {
    if (record.has_tickets) {
      message.reserve_handles(record.bytes, region_->handle());
    }
    message.copy(record.bytes, record.unused, record.has_tickets);
  }
  head.count_one();
  move_head(first, head);
  return there;
}

std::size_t MessageLog::get_many(MessageBatch& batch, std::size_t most, CallLimit& wait) {
  if (is_empty()) {
    return 0;
  }
  const LockTurn turn(shared().get_lock, *roster_, wait, [] { return true; });
  if (!turn.has_come()) {
    return 0;
  }
  LogEnd head = sound_end(pool_, shared().head.load(std::memory_order_relaxed));
  most = std::min<std::size_t>(most, pending(head, true));
  std::size_t count = 0;
  while (count < most && batch.size_in_bytes() < most_bytes_of_batch) {
    LogEnd next = head;
    try {
      if (!read_into(batch, next)) {
        break;
      }
    } catch (...) {
      // The messages of the block before are out of the log already, and must reach the caller.
      if (count == 0) {
        throw;
      }
      break;
    }
    ++count;
    // One block at a time, so that a killed process leaves at most one block to be reclaimed.
    if (next.block != head.block) {
      move_head(head, next);
    }
    head = next;
  }
  shared().head.store(head.packed(), std::memory_order_release);
  return count;
}

// Stores the head, and frees the block that it has left.
void MessageLog::move_head(const LogEnd& from, const LogEnd& to) noexcept {
  if (to.block == from.block) {
    shared().head.store(to.packed(), std::memory_order_release);
    return;
  }
  // The state is loaded before: once the head has moved, a producer may find the block unused and
  // take it. Then `free`, which expects this state, does nothing.
  const BlockState passed = pool_.state(from.block);
  shared().head.store(to.packed(), std::memory_order_release);
  pool_.free(from.block, passed);
  if (to.block == LogEnd::unpacked(shared().tail.load(std::memory_order_relaxed)).block) {
    shrink();
  }
}

// Returns false, and leaves the head, if the next message is large or has tickets.
bool MessageLog::read_into(MessageBatch& batch, LogEnd& head) const {
  LogEnd next = head;
  const LogRecord record = read_record(pool_, next);
  if (record.is_large || record.has_tickets) {
    return false;
  }
  batch.append({.body = record.bytes});
  next.count_one();
  head = next;
  return true;
}

// Marks the block of message `sequence` as read by this process, before the head moves. The state
// may be `reading` already: then the consumer before was killed in `get`, since it held the lock.
std::string_view MessageLog::start_reading(Index block, std::size_t size, Sequence sequence) {
  if (!pool_.is_sound(block) || size > pool_.size(block)) {
    throw_damaged_queue();
  }
  const BlockPool::Place& place = pool_.place(block);
  if (size > place.size) {
    throw_damaged_queue();
  }
  const BlockState state = pool_.state(block);
  if ((state.kind != Kind::queued && state.kind != Kind::reading) || state.sequence != sequence) {
    throw_damaged_queue();
  }
  pool_.set_state(block, {.kind = Kind::reading, .sequence = sequence, .member = roster_->me()});
  return {reinterpret_cast<const char*>(place.data), size};
}

void MessageLog::give_back(Index block) noexcept {
  pool_.free(block, pool_.state(block));
  if (is_empty()) {
    shrink();
  }
}

// At most every two seconds: memory that is needed again at once would cost more than it is worth.
// Of two processes only one goes on. It holds no lock, and a clock that was damaged does no harm.
void MessageLog::shrink_now() noexcept {
  constexpr std::chrono::nanoseconds pause = std::chrono::seconds(2);
  const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch().count();
  std::int64_t last = shared().shrunk_at.load(std::memory_order_relaxed);
  const MemberId me = roster_->known_me();
  if (me != 0 && (last == 0 || now - last > pause.count()) &&
      shared().shrunk_at.compare_exchange_strong(last, now, std::memory_order_relaxed)) {
    pool_.give_memory_back(bytes_that_stay, me);
  }
}

}  // namespace progeny::multiprocessing::detail
