#pragma once

// How messages lie in the blocks of a MessageLog.

#include "multiprocessing/memory/record_mark.hpp"
#include "multiprocessing/queues/block_pool.hpp"
#include "multiprocessing/queues/message_log_layout.hpp"

#include <progeny/multiprocessing/detail/message_view.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace progeny::multiprocessing::detail {

// A block of the log holds records, each with a mark in front (see record_mark.hpp):
//
//     | mark: small | unused | head | body |  a message; the body begins at a multiple of 8
//     | mark: large | LargeRecord |           a message that lies in a block of its own
//     | mark: end   |                         the log goes on in the next block
//
// A record never crosses the end of its block: what does not fit begins the next block.
//
// Flags of the mark, from bit 32: two bits of kind, one for tickets, three with the number of
// unused bytes.
inline constexpr std::uint64_t is_small = mark_flag(0);
inline constexpr std::uint64_t is_large = mark_flag(1);
inline constexpr std::uint64_t is_end_of_block = is_small | is_large;
inline constexpr std::uint64_t mask_of_kind = is_small | is_large;
inline constexpr std::uint64_t has_tickets_flag = mark_flag(2);
inline constexpr unsigned shift_of_unused = 35;
inline constexpr std::uint64_t mask_of_unused = mark_size - 1;

/// A longer message has a block of its own: copying it into the log would hold up the other
/// producers, and waste what it leaves of the block.
inline constexpr std::size_t longest_in_log = BlockPool::unit / 4;

/// What the log holds of a message that has its own block.
struct LargeRecord {
  std::uint64_t size;
  BlockPool::Index block;
};
inline constexpr std::size_t size_of_large_record = mark_size + sizeof(LargeRecord);

/// A record as it was read. Borrowed from the block.
struct LogRecord {
  std::string_view bytes = {};
  std::size_t unused = 0;  ///< Bytes between the mark and `bytes`.
  bool is_large = false;
  bool has_tickets = false;
};

[[nodiscard]] inline bool is_long(const MessageView& message) noexcept {
  return message.size() > longest_in_log;
}

/// How many bytes to leave unused in front of a head of this size, so that the body behind it is
/// where numbers can be: copies of many bytes are twice as fast from and to such places.
[[nodiscard]] constexpr std::size_t unused_before(std::size_t head) noexcept {
  return aligned(head) - head;
}

/// Bytes that a small message takes of the log, with its mark.
[[nodiscard]] inline std::size_t size_in_log(const MessageView& message) noexcept {
  return mark_size + aligned(unused_before(message.head.size()) + message.size());
}

inline void copy_message(std::byte* to, const MessageView& message) noexcept {
  for (const std::string_view part : {message.head, message.body}) {
    if (!part.empty()) {  // memcpy takes no null pointer, not even with a size of 0.
      std::memcpy(to, part.data(), part.size());
      to += part.size();
    }
  }
}

inline void write_small(std::byte* place, const MessageView& message) noexcept {
  const std::size_t unused = unused_before(message.head.size());
  write_mark(place,
             message.size() | is_small | (message.has_tickets ? has_tickets_flag : 0) |
                 std::uint64_t{unused} << shift_of_unused);
  copy_message(place + mark_size + unused, message);
}

inline void write_large(std::byte* place, const LargeRecord& record, bool has_tickets) noexcept {
  write_mark(place, sizeof record | is_large | (has_tickets ? has_tickets_flag : 0));
  std::memcpy(place + mark_size, &record, sizeof record);
}

/// The mark at `offset` of a block: that of the end of the block if there is no room for another.
[[nodiscard]] inline std::uint64_t mark_in(const std::byte* block, std::size_t offset) noexcept {
  return offset < BlockPool::unit ? read_mark(block + offset) : is_end_of_block;
}

/// Whether the messages from this number on begin in the block. No two blocks begin with the same
/// number, so damaged blocks that follow each other in a ring do not make a loop without end.
[[nodiscard]] inline bool is_in_log_at(const BlockPool& pool,
                                       BlockPool::Index block,
                                       Sequence sequence) noexcept {
  const BlockState state = pool.state(block);
  return state.kind == BlockState::Kind::log && state.sequence == sequence;
}

/// The next record. Moves the head behind it, but does not count it.
/// - Throws: OSError if there can be no such record: memory may hold anything.
[[nodiscard]] inline LogRecord read_record(const BlockPool& pool, LogEnd& head) {
  std::uint64_t mark = mark_in(pool.data(head.block), head.offset);
  if ((mark & mask_of_kind) == is_end_of_block) {
    head.block = pool.next(head.block).load(std::memory_order_acquire);
    head.offset = 0;
    if (!pool.is_sound(head.block) || !is_in_log_at(pool, head.block, head.count)) {
      throw_damaged_queue();
    }
    mark = mark_in(pool.data(head.block), head.offset);
  }
  const std::size_t length = mark & mask_of_length;
  const std::size_t unused = mark >> shift_of_unused & mask_of_unused;
  const std::size_t begin = head.offset + mark_size;
  const std::uint64_t kind = mark & mask_of_kind;
  if (unused + length > BlockPool::unit - begin || (kind != is_small && kind != is_large)) {
    throw_damaged_queue();
  }
  head.offset = begin + aligned(unused + length);
  const std::byte* const bytes = pool.data(head.block) + begin + unused;
  return {.bytes = {reinterpret_cast<const char*>(bytes), length},
          .unused = unused,
          .is_large = kind == is_large,
          .has_tickets = (mark & has_tickets_flag) != 0};
}

/// The reference in a record of a large message. Throws OSError if it is none.
[[nodiscard]] inline LargeRecord large_record_of(const LogRecord& record) {
  LargeRecord large{};
  if (record.bytes.size() != sizeof large) {
    throw_damaged_queue();
  }
  std::memcpy(&large, record.bytes.data(), sizeof large);
  return large;
}

}  // namespace progeny::multiprocessing::detail
