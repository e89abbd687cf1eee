#include "multiprocessing/queues/message_log.hpp"

#include "multiprocessing/queues/call_limit.hpp"
#include "multiprocessing/queues/log_record.hpp"
#include "multiprocessing/queues/message_log_layout.hpp"
#include "platform/memory/anonymous_memory.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace progeny::multiprocessing::detail {

// A message's way through the log, and what pairs with what:
//
//     producer, under put_lock                      consumer, under get_lock
//     1. load head (acquire), only if head_seen     1. load tail (acquire), only if tail_seen
//        says that it is full                          says that it is empty
//     2. write the record behind the tail           2. read the record at the head
//     3. store tail (release)                       3. store head (release)
//
// The producer's 3 pairs with the consumer's 1: the consumer reads whole records. The consumer's 3
// pairs with the producer's 1: the producer counts only what has been read. Within one side the
// lock orders everything. No stronger order is needed here: sleeping and waking bring their own
// (see sleepers.hpp).
//
// The memory of a block passes from consumer to producer by its state: `free` stores it (release),
// `take` exchanges it (acquire), so that a new message is written after the old one was read.

namespace {

using Index = BlockPool::Index;
using Kind = BlockState::Kind;

// "progeny" and the version of the layout.
constexpr std::uint64_t magic = 0x70726f67656e7903;
constexpr std::size_t offset_of_pool = 4096;

}  // namespace

std::size_t MessageLog::size_of_tables() noexcept {
  return offset_of_pool + BlockPool::size_of_tables();
}

MessageLog::MessageLog(std::shared_ptr<Region> region, std::shared_ptr<Roster> roster)
    : region_(std::move(region)), roster_(std::move(roster)), pool_(region_, offset_of_pool) {
  static_assert(sizeof(LogHeader) <= offset_of_extra);
  static_assert(offset_of_extra + most_extra <= offset_of_pool);
}

// Zeros are both ends at the beginning of block 0, which is the first that is taken.
std::shared_ptr<MessageLog> MessageLog::make() {
  auto region = Region::make_growing("progeny-queue", offset_of_pool, size_of_tables());
  BlockPool::prepare(*region, offset_of_pool);
  auto log = std::make_shared<MessageLog>(std::move(region), Roster::own());
  const Index first = log->take_block(BlockPool::unit);
  log->pool_.set_state(first, {.kind = Kind::log});
  log->shared().magic.store(magic, std::memory_order_release);
  return log;
}

std::shared_ptr<MessageLog> MessageLog::attach(native_handle memory,
                                               std::shared_ptr<Roster> roster) {
  if (platform::size_of_anonymous_memory(memory) < size_of_tables()) {
    throw_damaged_queue();
  }
  auto log = std::make_shared<MessageLog>(Region::attach_growing(memory, size_of_tables()),
                                          std::move(roster));
  if (log->shared().magic.load(std::memory_order_acquire) != magic) {
    throw_damaged_queue();
  }
  return log;
}

std::size_t MessageLog::size() const noexcept {
  // The head first: it never passes the tail, so a tail that is loaded later is not behind it.
  const LogEnd head = LogEnd::unpacked(shared().head.load(std::memory_order_acquire));
  const LogEnd tail = LogEnd::unpacked(shared().tail.load(std::memory_order_acquire));
  return messages_between(head.count, tail.count);
}

// The head may be relaxed: only this side changes it, or the caller looks again later. The tail is
// acquired: a consumer that sees it moved goes on to read the message.
bool MessageLog::is_empty() const noexcept {
  return shared().head.load(std::memory_order_relaxed) ==
         shared().tail.load(std::memory_order_acquire);
}

bool MessageLog::has_room(std::size_t limit) const noexcept {
  return size() < (limit == 0 ? most_messages : std::min(limit, most_messages));
}

Sequence MessageLog::put_count() const noexcept {
  return LogEnd::unpacked(shared().tail.load(std::memory_order_acquire)).count;
}

// The table above the class, in code. Called under put_lock, so the tail stands still; the head may
// move meanwhile, which only makes more blocks unused than are found.
bool MessageLog::is_left(Index block, const BlockState& state) const noexcept {
  const LogEnd tail = LogEnd::unpacked(shared().tail.load(std::memory_order_acquire));
  const LogEnd head = LogEnd::unpacked(shared().head.load(std::memory_order_acquire));
  const bool is_pending =
      messages_between(head.count, state.sequence) < messages_between(head.count, tail.count);
  switch (state.kind) {
    case Kind::free:
      return true;
    case Kind::taken:
      return roster_->is_dead(state.member);
    case Kind::log:
      return !is_pending && block != tail.block && block != head.block;
    case Kind::queued:
      return !is_pending;
    case Kind::reading:
      return !is_pending && roster_->is_dead(state.member);
    case Kind::hollow:
      return true;
  }
  return false;
}

Index MessageLog::take_block(std::size_t size) {
  return pool_.take(size, roster_->me(), [this](Index block, const BlockState& state) {
    return is_left(block, state);
  });
}

std::size_t MessageLog::put(std::span<const MessageView> messages,
                            std::size_t limit,
                            CallLimit& wait) {
  return put_from(messages, 0, limit, wait);
}

std::size_t MessageLog::put(const MessageBatch& batch,
                            std::size_t first,
                            std::size_t limit,
                            CallLimit& wait) {
  return put_from(batch, first, limit, wait);
}

template <class Messages>
std::size_t MessageLog::put_from(const Messages& messages,
                                 std::size_t first,
                                 std::size_t limit,
                                 CallLimit& wait) {
  if (first >= messages.size()) {
    return 0;
  }
  limit = limit == 0 ? most_messages : std::min(limit, most_messages);
  return is_long(messages[first]) ? put_large(messages[first], limit, wait)
                                  : put_small(messages, first, limit, wait);
}

// How many of the `wanted` messages stay below the limit. Loads the head only if what was last seen
// of it does not suffice.
std::size_t MessageLog::room_for(const LogEnd& tail, std::size_t wanted, std::size_t limit) const {
  LogHeader& own = shared();
  const auto room = [&](std::uint64_t head) {
    const std::size_t there = messages_between(LogEnd::unpacked(head).count, tail.count);
    return there < limit ? limit - there : 0;
  };
  if (room(own.head_seen.load(std::memory_order_relaxed)) >= wanted) {
    return wanted;
  }
  const std::uint64_t head = own.head.load(std::memory_order_acquire);
  own.head_seen.store(head, std::memory_order_relaxed);
  if (messages_between(LogEnd::unpacked(head).count, tail.count) > most_messages) {
    throw_damaged_queue();
  }
  return std::min(wanted, room(head));
}

// Puts messages up to the first long one.
template <class Messages>
std::size_t MessageLog::put_small(const Messages& messages,
                                  std::size_t first,
                                  std::size_t limit,
                                  CallLimit& wait) {
  LogHeader& own = shared();
  const LockTurn turn(own.put_lock, *roster_, wait, [&] { return has_room(limit); });
  if (!turn.has_come()) {
    return 0;
  }
  LogEnd tail = sound_end(pool_, own.tail.load(std::memory_order_relaxed));
  const std::size_t count = room_for(tail, messages.size() - first, limit);
  std::size_t done = 0;
  for (; done < count; ++done) {
    const MessageView& message = messages[first + done];
    if (is_long(message)) {
      break;
    }
    const std::size_t size = size_in_log(message);
    if (size > BlockPool::unit - tail.offset) {
      // `is_left` takes a block behind the tail for unused: what is in this block has to be put
      // before the log goes on in another.
      own.tail.store(tail.packed(), std::memory_order_release);
      try {
        make_room(tail, size);
      } catch (const OSError&) {
        if (done == 0) {
          throw;
        }
        return done;
      }
    }
    // Written out here: a call for each message takes as long as copying it.
    write_small(pool_.data(tail.block) + tail.offset, message);
    tail.offset += size;
    tail.count_one();
  }
  own.tail.store(tail.packed(), std::memory_order_release);
  return done;
}

// Takes the lock twice: for the block, and for the record. The copy in between is done without it,
// so that others can put meanwhile.
std::size_t MessageLog::put_large(const MessageView& message, std::size_t limit, CallLimit& wait) {
  const Index block = filled_block(message, limit, wait);
  if (block == BlockPool::none) {
    return 0;
  }
  LogHeader& own = shared();
  const LockTurn turn(own.put_lock, *roster_, wait, [&] { return has_room(limit); });
  if (!turn.has_come()) {
    pool_.free(block, pool_.state(block));
    return 0;
  }
  LogEnd tail = sound_end(pool_, own.tail.load(std::memory_order_relaxed));
  std::size_t count = 0;
  try {
    count = room_for(tail, 1, limit);
    if (count != 0) {
      append_large(tail, message, block);
    }
  } catch (...) {
    pool_.free(block, pool_.state(block));
    throw;
  }
  if (count == 0) {  // Others were faster.
    pool_.free(block, pool_.state(block));
    return 0;
  }
  own.tail.store(tail.packed(), std::memory_order_release);
  return count;
}

// A block with the message in it, or `none` if there is no room now. It is `taken` by this process,
// so no other touches it until the record refers to it.
Index MessageLog::filled_block(const MessageView& message, std::size_t limit, CallLimit& wait) {
  const Index block = [&] {
    const LockTurn turn(shared().put_lock, *roster_, wait, [&] { return has_room(limit); });
    if (!turn.has_come()) {
      return BlockPool::none;
    }
    const LogEnd tail = sound_end(pool_, shared().tail.load(std::memory_order_relaxed));
    return room_for(tail, 1, limit) == 0 ? BlockPool::none : take_block(message.size());
  }();
  if (block == BlockPool::none) {
    return block;
  }
  try {
    const BlockPool::Place& place = pool_.place(block);
    if (message.size() > place.size) {
      throw_damaged_queue();
    }
    copy_message(place.data, message);
  } catch (...) {
    pool_.free(block, pool_.state(block));
    throw;
  }
  return block;
}

// Goes on in a new block if a record of `size` bytes does not fit into this one.
//
// Until the tail moves, the new block has no message: a process that is killed in here leaves a
// block in state `log` whose message was not put, which `is_left` finds. The next producer writes
// the mark and `next` of the old block again.
void MessageLog::make_room(LogEnd& tail, std::size_t size) {
  if (size <= BlockPool::unit - tail.offset) {
    return;
  }
  const Index block = take_block(BlockPool::unit);
  try {
    static_cast<void>(pool_.place(block));  // Not even its maker could write to it otherwise.
  } catch (...) {
    pool_.free(block, pool_.state(block));
    throw;
  }
  pool_.next(block).store(BlockPool::none, std::memory_order_relaxed);
  pool_.set_state(block, {.kind = Kind::log, .sequence = tail.count});
  if (tail.offset < BlockPool::unit) {
    write_mark(pool_.data(tail.block) + tail.offset, is_end_of_block);
  }
  // Release, for the acquire in `read_record`.
  pool_.next(tail.block).store(block, std::memory_order_release);
  tail.block = block;
  tail.offset = 0;
}

void MessageLog::append_large(LogEnd& tail, const MessageView& message, Index block) {
  make_room(tail, size_of_large_record);
  write_large(pool_.data(tail.block) + tail.offset,
              {.size = message.size(), .block = block},
              message.has_tickets);
  pool_.set_state(block, {.kind = Kind::queued, .sequence = tail.count});
  tail.offset += size_of_large_record;
  tail.count_one();
}

}  // namespace progeny::multiprocessing::detail
