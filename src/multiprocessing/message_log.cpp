#include "multiprocessing/message_log.hpp"

#include "multiprocessing/log_format.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

using Index = BlockPool::Index;
using Kind = BlockState::Kind;

constexpr std::uint64_t magic = 0x70726f67656e7902;
constexpr std::size_t offset_of_pool = 4096;

// Of what is got at once.
constexpr std::size_t most_bytes_at_once = std::size_t{64} << 10;
// What is longer has a block of its own.
constexpr std::size_t longest_in_log = BlockPool::unit / 4;
// Fewer than half of all numbers, so that what is ahead is never taken for what is behind.
constexpr std::size_t most_messages = mask_of_sequence / 2;

std::size_t size_of(const MessageLog::Message& message) noexcept {
  return message.head.size() + message.body.size();
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

[[noreturn]] void throw_damaged() {
  throw OSError(std::make_error_code(std::errc::bad_message), "the memory of a queue is damaged");
}

}  // namespace

// Each side has its own cache lines, and what it last saw of the other side. The ends have theirs,
// too: who waits looks at one again and again, and must not take the lock beside it away each time.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): the padding is what keeps them apart.
struct MessageLog::Shared {
  std::atomic<std::uint64_t> magic;

  alignas(64) RobustLock put_lock;
  std::atomic<std::uint64_t> head_seen;
  alignas(64) std::atomic<std::uint64_t> tail;

  alignas(64) RobustLock get_lock;
  std::atomic<std::uint64_t> tail_seen;
  alignas(64) std::atomic<std::uint64_t> head;
};

std::size_t MessageLog::size_of_tables() noexcept {
  return offset_of_pool + BlockPool::size_of_tables();
}

MessageLog::MessageLog(std::shared_ptr<Region> region, std::shared_ptr<Roster> roster)
    : region_(std::move(region)), roster_(std::move(roster)), pool_(region_, offset_of_pool) {
  static_assert(sizeof(Shared) <= offset_of_extra);
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
  if (platform::size_of_shared_memory(memory) <= offset_of_pool) {
    throw_damaged();
  }
  auto log = std::make_shared<MessageLog>(Region::attach_growing(memory, BlockPool::room),
                                          std::move(roster));
  if (log->shared().magic.load(std::memory_order_acquire) != magic) {
    throw_damaged();
  }
  return log;
}

MessageLog::Shared& MessageLog::shared() const noexcept {
  return region_->at<Shared>(0);
}

std::size_t MessageLog::size() const noexcept {
  // The head first: who is behind by then has not overtaken the tail that is read after it.
  const LogEnd head = LogEnd::unpacked(shared().head.load(std::memory_order_acquire));
  const LogEnd tail = LogEnd::unpacked(shared().tail.load(std::memory_order_acquire));
  return messages_between(head.count, tail.count);
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
  Shared& own = shared();
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
  return std::min(wanted, room(head));
}

// Up to the first long one.
template <class Messages>
std::size_t MessageLog::put_small(const Messages& messages, std::size_t limit) {
  Shared& own = shared();
  const RobustGuard turn(own.put_lock, *roster_);
  LogEnd tail = LogEnd::unpacked(own.tail.load(std::memory_order_relaxed));
  const std::size_t count = room_for(tail, messages.size(), limit);
  std::size_t done = 0;
  for (; done < count; ++done) {
    const Message& message = messages[done];
    if (is_long(message)) {
      break;
    }
    const std::size_t size = mark_size + aligned(size_of(message));
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
  if (size() >= limit) {
    return 0;
  }
  const Index block = filled_block(message);
  Shared& own = shared();
  const RobustGuard turn(own.put_lock, *roster_);
  LogEnd tail = LogEnd::unpacked(own.tail.load(std::memory_order_relaxed));
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

// Copies without the lock, so that others can put meanwhile.
Index MessageLog::filled_block(const Message& message) {
  const Index block = [&] {
    const RobustGuard turn(shared().put_lock, *roster_);
    return take_block(size_of(message));
  }();
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
  const std::size_t length = large ? sizeof(LargeRecord) : size;
  const std::size_t whole = mark_size + aligned(length);
  make_room(tail, whole);
  std::byte* const place = pool_.data(tail.block) + tail.offset;
  const std::uint64_t mark = length | (large ? is_large : is_small) | (message.flag ? has_flag : 0);
  std::memcpy(place, &mark, mark_size);
  if (large) {
    const LargeRecord record{.size = size, .block = own_block};
    std::memcpy(place + mark_size, &record, sizeof record);
    pool_.set_state(own_block, {.kind = Kind::queued, .sequence = tail.count});
  } else {
    copy_message(place + mark_size, message);
  }
  tail.offset += whole;
  tail.count = (tail.count + 1) & mask_of_sequence;
}

// How many there are from the head on. Looks at the other end only if none were seen last time.
Sequence MessageLog::pending(const LogEnd& head, bool surely) const noexcept {
  Shared& own = shared();
  std::uint64_t tail = own.tail_seen.load(std::memory_order_relaxed);
  if (surely || LogEnd::unpacked(tail).count == head.count) {
    tail = own.tail.load(std::memory_order_acquire);
    own.tail_seen.store(tail, std::memory_order_relaxed);
  }
  return messages_between(head.count, LogEnd::unpacked(tail).count);
}

bool MessageLog::get(std::string& buffer, Got& got) {
  const RobustGuard turn(shared().get_lock, *roster_);
  const LogEnd first = LogEnd::unpacked(shared().head.load(std::memory_order_relaxed));
  const Sequence there = pending(first, turn.from_dead_member());
  if (there == 0) {
    return false;
  }
  got.has_more = there > 1;
  LogEnd head = first;
  std::uint64_t mark = 0;
  const std::string_view record = read(head, mark);
  got.flag = (mark & has_flag) != 0;
  got.block = BlockPool::none;
  if ((mark & mask_of_kind) == is_large) {
    take_large(head, record, got);
  } else {
    buffer.assign(record);
    got.bytes = buffer;
  }
  head.count = (head.count + 1) & mask_of_sequence;
  move_head(first, head);
  return true;
}

std::size_t MessageLog::get_many(std::string& bytes,
                                 std::vector<std::size_t>& ends,
                                 std::size_t most) {
  if (is_empty()) {
    return 0;
  }
  const RobustGuard turn(shared().get_lock, *roster_);
  LogEnd head = LogEnd::unpacked(shared().head.load(std::memory_order_relaxed));
  most = std::min<std::size_t>(most, pending(head, true));
  std::size_t count = 0;
  while (count < most && bytes.size() < most_bytes_at_once) {
    LogEnd next = head;
    std::uint64_t mark = 0;
    const std::string_view record = read(next, mark);
    if ((mark & mask_of_kind) == is_large || (mark & has_flag) != 0) {
      break;
    }
    bytes.append(record);
    ends.push_back(bytes.size());
    next.count = (next.count + 1) & mask_of_sequence;
    ++count;
    // One block at a time: so there is at most one to be given back.
    if (next.block != head.block) {
      move_head(head, next);
    }
    head = next;
  }
  shared().head.store(head.packed(), std::memory_order_release);
  return count;
}

bool MessageLog::is_empty() const noexcept {
  return shared().head.load(std::memory_order_relaxed) ==
         shared().tail.load(std::memory_order_acquire);
}

void MessageLog::move_head(const LogEnd& from, const LogEnd& to) noexcept {
  if (to.block == from.block) {
    shared().head.store(to.packed(), std::memory_order_release);
    return;
  }
  // Read before: from then on others may find it to be left, and take it.
  const BlockState passed = pool_.state(from.block);
  shared().head.store(to.packed(), std::memory_order_release);
  pool_.free(from.block, passed);
}

// What is next in the log; moves the head behind it.
std::string_view MessageLog::read(LogEnd& head, std::uint64_t& mark) const {
  const auto mark_at = [this](const LogEnd& end) {
    std::uint64_t found = is_end_of_block;
    if (end.offset < BlockPool::unit) {
      std::memcpy(&found, pool_.data(end.block) + end.offset, mark_size);
    }
    return found;
  };
  mark = mark_at(head);
  if ((mark & mask_of_kind) == is_end_of_block) {
    head.block = pool_.next(head.block).load(std::memory_order_acquire);
    head.offset = 0;
    if (!pool_.is_sound(head.block)) {
      throw_damaged();
    }
    mark = mark_at(head);
  }
  const std::size_t length = mark & mask_of_length;
  const std::size_t begin = head.offset + mark_size;
  if (length > BlockPool::unit - begin || (mark & mask_of_kind) == 0) {
    throw_damaged();
  }
  const auto* const bytes = reinterpret_cast<const char*>(pool_.data(head.block) + begin);
  head.offset = begin + aligned(length);
  return {bytes, length};
}

void MessageLog::take_large(LogEnd& head, std::string_view record, Got& got) {
  LargeRecord large{};
  if (record.size() != sizeof large) {
    throw_damaged();
  }
  std::memcpy(&large, record.data(), sizeof large);
  if (!pool_.is_sound(large.block) || large.size > pool_.size(large.block)) {
    throw_damaged();
  }
  pool_.set_state(large.block,
                  {.kind = Kind::reading, .sequence = head.count, .member = roster_->me()});
  got.block = large.block;
  got.bytes = {reinterpret_cast<const char*>(pool_.data(large.block)), large.size};
}

void MessageLog::give_back(const Got& got) noexcept {
  if (got.block != BlockPool::none) {
    pool_.free(got.block, pool_.state(got.block));
  }
}

}  // namespace progeny::multiprocessing::detail
