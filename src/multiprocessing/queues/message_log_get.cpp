#include "multiprocessing/queues/message_log.hpp"
#include "multiprocessing/queues/message_log_layout.hpp"

#include <algorithm>
#include <cstring>

namespace progeny::multiprocessing::detail {

namespace {

using Index = BlockPool::Index;
using Kind = BlockState::Kind;

// Of what is got at once.
constexpr std::size_t most_bytes_at_once = std::size_t{64} << 10;

}  // namespace

// How many there are from the head on. Looks at the other end only if none were seen last time.
Sequence MessageLog::pending(const LogEnd& head, bool surely) const {
  LogHeader& own = shared();
  std::uint64_t tail = own.tail_seen.load(std::memory_order_relaxed);
  if (surely || LogEnd::unpacked(tail).count == head.count) {
    tail = own.tail.load(std::memory_order_acquire);
    own.tail_seen.store(tail, std::memory_order_relaxed);
  }
  const Sequence there = messages_between(head.count, LogEnd::unpacked(tail).count);
  // Ends that differ in their places alone would have who waits look again for ever.
  if (there > most_messages || (there == 0 && tail != head.packed())) {
    throw_damaged_queue();
  }
  return there;
}

bool MessageLog::get(std::string& buffer, Got& got, FlatReader* reader) {
  const RobustGuard turn(shared().get_lock, *roster_);
  const LogEnd first = sound_end(shared().head.load(std::memory_order_relaxed));
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
  got.bytes = {};
  if ((mark & mask_of_kind) == is_large) {
    take_large(head, record, got);
  } else if (reader != nullptr && !got.flag) {
    reader->read(record);
  } else {
    // With what is unused before it, for the sake of the next copy.
    const std::size_t unused = mark >> shift_of_unused & mask_of_unused;
    buffer.assign(record.data() - unused, unused + record.size());
    got.bytes = std::string_view(buffer).substr(unused);
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
  LogEnd head = sound_end(shared().head.load(std::memory_order_relaxed));
  most = std::min<std::size_t>(most, pending(head, true));
  std::size_t count = 0;
  while (count < most && bytes.size() < most_bytes_at_once) {
    LogEnd next = head;
    try {
      if (!read_small(next, bytes, ends)) {
        break;
      }
    } catch (...) {
      // Those of the block before are out of the log already.
      if (count == 0) {
        throw;
      }
      break;
    }
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
    if (!pool_.is_sound(head.block) || !is_in_log_at(head.block, head.count)) {
      throw_damaged_queue();
    }
    mark = mark_at(head);
  }
  const std::size_t length = mark & mask_of_length;
  const std::size_t unused = mark >> shift_of_unused & mask_of_unused;
  const std::size_t begin = head.offset + mark_size;
  const std::uint64_t kind = mark & mask_of_kind;
  if (unused + length > BlockPool::unit - begin || (kind != is_small && kind != is_large)) {
    throw_damaged_queue();
  }
  const auto* const bytes = reinterpret_cast<const char*>(pool_.data(head.block) + begin + unused);
  head.offset = begin + aligned(unused + length);
  return {bytes, length};
}

// Whether the messages from this number on begin in the block. No other block's do, so that blocks
// that follow each other in a ring come to an end.
bool MessageLog::is_in_log_at(Index block, Sequence sequence) const noexcept {
  const BlockState state = pool_.state(block);
  return state.kind == Kind::log && state.sequence == sequence;
}

// Returns false, and reads nothing, if what is next is not small or has a flag.
bool MessageLog::read_small(LogEnd& head,
                            std::string& bytes,
                            std::vector<std::size_t>& ends) const {
  LogEnd next = head;
  std::uint64_t mark = 0;
  const std::string_view record = read(next, mark);
  if ((mark & mask_of_kind) == is_large || (mark & has_flag) != 0) {
    return false;
  }
  bytes.append(record);
  ends.push_back(bytes.size());
  next.count = (next.count + 1) & mask_of_sequence;
  head = next;
  return true;
}

void MessageLog::take_large(const LogEnd& head, std::string_view record, Got& got) {
  LargeRecord large{};
  if (record.size() != sizeof large) {
    throw_damaged_queue();
  }
  std::memcpy(&large, record.data(), sizeof large);
  if (!pool_.is_sound(large.block) || large.size > pool_.size(large.block)) {
    throw_damaged_queue();
  }
  // Reading: who began to get it has died, as otherwise the lock would be his.
  const BlockState state = pool_.state(large.block);
  if ((state.kind != Kind::queued && state.kind != Kind::reading) || state.sequence != head.count) {
    throw_damaged_queue();
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
