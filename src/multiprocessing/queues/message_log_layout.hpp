#pragma once

// What the memory of a MessageLog begins with, and how messages lie in its blocks.

#include "multiprocessing/memory/record_mark.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/queues/block_pool.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace progeny::multiprocessing::detail {

// Flags of a message, in its mark: what it is, in two bits, its flag, and how many unused bytes
// follow.
inline constexpr std::uint64_t is_small = mark_flag(0);
inline constexpr std::uint64_t is_large = mark_flag(1);
inline constexpr std::uint64_t is_end_of_block = is_small | is_large;
inline constexpr std::uint64_t mask_of_kind = is_small | is_large;
inline constexpr std::uint64_t has_flag = mark_flag(2);
inline constexpr unsigned shift_of_unused = 35;
inline constexpr std::uint64_t mask_of_unused = mark_size - 1;

/// Fewer than half of all numbers, so that what is ahead is never taken for what is behind.
inline constexpr std::size_t most_messages = mask_of_sequence / 2;

/// How many bytes to leave unused in front of a head of this size, so that the body behind it is
/// where numbers can be: copies of many bytes are twice as fast from and to such places.
[[nodiscard]] constexpr std::size_t unused_before(std::size_t head) noexcept {
  return aligned(head) - head;
}

/// What the log holds of a message that has its own block.
struct LargeRecord {
  std::uint64_t size;
  BlockPool::Index block;
};

/// One end of the log: where the next message begins, and its number. In one word.
struct LogEnd {
  static constexpr unsigned bits_of_block = 16;
  static constexpr unsigned bits_of_offset = 15;

  BlockPool::Index block = 0;
  std::size_t offset = 0;
  Sequence count = 0;

  [[nodiscard]] static LogEnd unpacked(std::uint64_t word) noexcept {
    constexpr std::uint64_t mask_of_block = (std::uint64_t{1} << bits_of_block) - 1;
    constexpr std::uint64_t mask_of_offset = (std::uint64_t{1} << bits_of_offset) - 1;
    return {.block = static_cast<BlockPool::Index>(word & mask_of_block),
            .offset = ((word >> bits_of_block) & mask_of_offset) * mark_size,
            .count =
                static_cast<Sequence>(word >> (bits_of_block + bits_of_offset)) & mask_of_sequence};
  }
  [[nodiscard]] std::uint64_t packed() const noexcept {
    return std::uint64_t{block} | std::uint64_t{offset / mark_size} << bits_of_block |
           std::uint64_t{count} << (bits_of_block + bits_of_offset);
  }
};
static_assert(BlockPool::most_blocks <= BlockPool::Index{1} << LogEnd::bits_of_block);
static_assert(BlockPool::unit / mark_size < std::size_t{1} << LogEnd::bits_of_offset);

/// What the memory of a log begins with.
///
/// Each side has its own cache lines, and what it last saw of the other side. The ends have theirs,
/// too: who waits looks at one again and again, and must not take the lock beside it away each
/// time.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): the padding is what keeps them apart.
struct LogHeader {
  std::atomic<std::uint64_t> magic;

  alignas(64) RobustLock put_lock;
  std::atomic<std::uint64_t> head_seen;
  alignas(64) std::atomic<std::uint64_t> tail;

  alignas(64) RobustLock get_lock;
  std::atomic<std::uint64_t> tail_seen;
  alignas(64) std::atomic<std::uint64_t> head;
};

}  // namespace progeny::multiprocessing::detail
