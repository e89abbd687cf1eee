#include "multiprocessing/queues/message_log.hpp"

#include "multiprocessing/queues/message_log_layout.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

using Index = BlockPool::Index;
using Kind = BlockState::Kind;

constexpr std::uint64_t magic = 0x70726f67656e7902;
constexpr std::size_t offset_of_pool = 4096;

// What is longer has a block of its own.
constexpr std::size_t longest_in_log = BlockPool::unit / 4;

std::size_t size_of(const MessageLog::Message& message) noexcept {
  return message.head.size() + message.body.size();
}

// What a message takes of the log, with its mark.
std::size_t size_in_log(const MessageLog::Message& message) noexcept {
  return mark_size + aligned(unused_before(message.head.size()) + size_of(message));
}

bool is_long(const MessageLog::Message& message) noexcept {
  return size_of(message) > longest_in_log;
}

void copy_message(std::byte* to, const MessageLog::Message& message) noexcept {
  for (const std::string_view part : {message.head, message.body}) {
    if (!part.empty()) {
      std::memcpy(to, part.data(), part.size());
      to += part.size();
    }
  }
}

}  // namespace

std::size_t MessageLog::size_of_tables() noexcept {
  return offset_of_pool + BlockPool::size_of_tables();
}

MessageLog::MessageLog(std::shared_ptr<Region> region, std::shared_ptr<Roster> roster)
    : region_(std::move(region)), roster_(std::move(roster)), pool_(region_, offset_of_pool) {
  static_assert(sizeof(LogHeader) <= offset_of_extra);
  static_assert(offset_of_extra + most_extra <= offset_of_pool);
}

std::shared_ptr<MessageLog> MessageLog::make() {
  auto region = Region::make_growing("progeny-queue", offset_of_pool, BlockPool::room);
  BlockPool::prepare(*region, offset_of_pool);
  auto log = std::make_shared<MessageLog>(std::move(region), Roster::own());
  const Index first = log->take_block(BlockPool::unit);
  log->pool_.set_state(first, {.kind = Kind::log});
  log->shared().magic.store(magic, std::memory_order_release);
  return log;
}

std::shared_ptr<MessageLog> MessageLog::attach(native_handle memory,
                                               std::shared_ptr<Roster> roster) {
  if (platform::size_of_shared_memory(memory) < size_of_tables()) {
    throw_damaged_queue();
  }
  auto log = std::make_shared<MessageLog>(Region::attach_growing(memory, BlockPool::room),
                                          std::move(roster));
  if (log->shared().magic.load(std::memory_order_acquire) != magic) {
    throw_damaged_queue();
  }
  return log;
}

LogHeader& MessageLog::shared() const noexcept {
  return region_->at<LogHeader>(0);
}

std::size_t MessageLog::size() const noexcept {
  // The head first: who is behind by then has not overtaken the tail that is read after it.
  const LogEnd head = LogEnd::unpacked(shared().head.load(std::memory_order_acquire));
  const LogEnd tail = LogEnd::unpacked(shared().tail.load(std::memory_order_acquire));
  return messages_between(head.count, tail.count);
}

bool MessageLog::has_room(std::size_t limit) const noexcept {
  return size() < (limit == 0 ? most_messages : std::min(limit, most_messages));
}

Sequence MessageLog::put_count() const noexcept {
  return LogEnd::unpacked(shared().tail.load(std::memory_order_acquire)).count;
}

// The table above the class, in code.
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
  }
  return false;
}

// An end, as it is in memory that anything may have been written to.
LogEnd MessageLog::sound_end(std::uint64_t word) const {
  const LogEnd end = LogEnd::unpacked(word);
  if (end.offset > BlockPool::unit || !pool_.is_sound(end.block)) {
    throw_damaged_queue();
  }
  return end;
}

Index MessageLog::take_block(std::size_t size) {
  return pool_.take(size, roster_->me(), [this](Index block, const BlockState& state) {
    return is_left(block, state);
  });
}

std::size_t MessageLog::put(std::span<const Message> messages, std::size_t limit) {
  return put_any(messages, limit);
}

std::size_t MessageLog::put(const Batch& messages, std::size_t limit) {
  return put_any(messages, limit);
}

template <class Messages>
std::size_t MessageLog::put_any(const Messages& messages, std::size_t limit) {
  if (messages.empty()) {
    return 0;
  }
  limit = limit == 0 ? most_messages : std::min(limit, most_messages);
  return is_long(messages[0]) ? put_large(messages[0], limit) : put_small(messages, limit);
}

// How many of those that are `wanted` stay below the limit. Looks at the other end only if what was
// last seen of it does not do.
std::size_t MessageLog::room_for(const LogEnd& tail, std::size_t wanted, std::size_t limit) const {
  LogHeader& own = shared();
  const auto room = [&](std::uint64_t head) {
    const std::size_t there = messages_between(LogEnd::unpacked(head).count, tail.count);
    return there < limit ? limit - there : 0;
  };
  const std::size_t known = room(own.head_seen.load(std::memory_order_relaxed));
  if (known >= wanted) {
    return wanted;
  }
  const std::uint64_t head = own.head.load(std::memory_order_acquire);
  own.head_seen.store(head, std::memory_order_relaxed);
  if (messages_between(LogEnd::unpacked(head).count, tail.count) > most_messages) {
    throw_damaged_queue();
  }
  return std::min(wanted, room(head));
}

// Up to the first long one.
template <class Messages>
std::size_t MessageLog::put_small(const Messages& messages, std::size_t limit) {
  LogHeader& own = shared();
  const RobustGuard turn(own.put_lock, *roster_);
  LogEnd tail = sound_end(own.tail.load(std::memory_order_relaxed));
  const std::size_t count = room_for(tail, messages.size(), limit);
  std::size_t done = 0;
  for (; done < count; ++done) {
    const Message& message = messages[done];
    if (is_long(message)) {
      break;
    }
    const std::size_t size = size_in_log(message);
    if (size > BlockPool::unit - tail.offset) {
      // What is in a block has been put before the next is taken, or that block would be free.
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
    append(tail, message, BlockPool::none);
  }
  own.tail.store(tail.packed(), std::memory_order_release);
  return done;
}

std::size_t MessageLog::put_large(const Message& message, std::size_t limit) {
  const Index block = filled_block(message, limit);
  if (block == BlockPool::none) {
    return 0;
  }
  LogHeader& own = shared();
  const RobustGuard turn(own.put_lock, *roster_);
  LogEnd tail = sound_end(own.tail.load(std::memory_order_relaxed));
  std::size_t count = 0;
  try {
    count = room_for(tail, 1, limit);
    if (count != 0) {
      append(tail, message, block);
    }
  } catch (...) {
    pool_.free(block, pool_.state(block));
    throw;
  }
  if (count == 0) {
    pool_.free(block, pool_.state(block));
    return 0;
  }
  own.tail.store(tail.packed(), std::memory_order_release);
  return count;
}

// Copies without the lock, so that others can put meanwhile. Returns none if there is no room now.
Index MessageLog::filled_block(const Message& message, std::size_t limit) {
  const Index block = [&] {
    LogHeader& own = shared();
    const RobustGuard turn(own.put_lock, *roster_);
    const LogEnd tail = sound_end(own.tail.load(std::memory_order_relaxed));
    return room_for(tail, 1, limit) == 0 ? BlockPool::none : take_block(size_of(message));
  }();
  if (block == BlockPool::none) {
    return block;
  }
  copy_message(pool_.data(block), message);
  return block;
}

// A message does not go on in another block: what does not fit begins there.
void MessageLog::make_room(LogEnd& tail, std::size_t size) {
  if (size <= BlockPool::unit - tail.offset) {
    return;
  }
  const Index block = take_block(BlockPool::unit);
  pool_.next(block).store(BlockPool::none, std::memory_order_relaxed);
  pool_.set_state(block, {.kind = Kind::log, .sequence = tail.count});
  if (tail.offset < BlockPool::unit) {
    std::memcpy(pool_.data(tail.block) + tail.offset, &is_end_of_block, mark_size);
  }
  pool_.next(tail.block).store(block, std::memory_order_release);
  tail.block = block;
  tail.offset = 0;
}

void MessageLog::append(LogEnd& tail, const Message& message, Index own_block) {
  const std::size_t size = size_of(message);
  const bool large = own_block != BlockPool::none;
  const std::size_t whole = large ? mark_size + sizeof(LargeRecord) : size_in_log(message);
  make_room(tail, whole);
  std::byte* const place = pool_.data(tail.block) + tail.offset;
  const std::size_t unused = large ? 0 : unused_before(message.head.size());
  const std::uint64_t mark = (large ? sizeof(LargeRecord) | is_large : size | is_small) |
                             (message.flag ? has_flag : 0) |
                             std::uint64_t{unused} << shift_of_unused;
  std::memcpy(place, &mark, mark_size);
  if (large) {
    const LargeRecord record{.size = size, .block = own_block};
    std::memcpy(place + mark_size, &record, sizeof record);
    pool_.set_state(own_block, {.kind = Kind::queued, .sequence = tail.count});
  } else {
    copy_message(place + mark_size + unused, message);
  }
  tail.offset += whole;
  tail.count = (tail.count + 1) & mask_of_sequence;
}

}  // namespace progeny::multiprocessing::detail
