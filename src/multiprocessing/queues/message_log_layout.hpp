#pragma once

// What the memory of a MessageLog begins with: its two ends, and the locks of the two sides.

#include "multiprocessing/memory/record_mark.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/queues/block_pool.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace progeny::multiprocessing::detail {

// The memory of a queue, in bytes from its beginning:
//
//     0      LogHeader      the ends and the locks
//     1024   extra          QueueState: what the queue shares besides its messages
//     4096   BlockPool      its header (64 bytes), then an Entry for each block, 2^16 of them
//     ...    blocks         as many as there are, the first at the next page

/// Fewer than half of all sequence numbers, so that a number ahead is never taken for one behind.
inline constexpr std::size_t most_messages = mask_of_sequence / 2;

/// One end of the log: where the next message begins, and its number. The three fields share a
/// word, so that a single store moves the end, and a killed process has moved it or not.
///
///     bits  0..15   block
///     bits 16..30   offset in the block, in units of 8 bytes
///     bits 31..59   count: the number of the next message, modulo 2^29
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
  void count_one() noexcept { count = (count + 1) & mask_of_sequence; }
};
static_assert(BlockPool::most_blocks <= BlockPool::Index{1} << LogEnd::bits_of_block);
static_assert(BlockPool::unit / mark_size < std::size_t{1} << LogEnd::bits_of_offset);

/// An end as it lies in memory. Throws OSError if it cannot be one: memory may hold anything.
[[nodiscard]] inline LogEnd sound_end(const BlockPool& pool, std::uint64_t word) {
  const LogEnd end = LogEnd::unpacked(word);
  if (end.offset > BlockPool::unit || !pool.is_sound(end.block)) {
    throw_damaged_queue();
  }
  return end;
}

/// What the memory of a log begins with.
///
/// Producers write the first half and consumers the second, each under its lock. `..._seen` is what
/// a side last saw of the other end: while that suffices, it need not load the other end, whose
/// cache line the other processor keeps changing. Lock and end have a cache line each, since a
/// waiter loads an end again and again and would take the lock's line away with it.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): the padding is what keeps them apart.
struct LogHeader {
  /// Stored (release) by `make` when all else is there; `attach` loads it (acquire).
  std::atomic<std::uint64_t> magic;

  alignas(64) RobustLock put_lock;
  /// Relaxed: only used under `put_lock`, which orders one producer's access before the next's.
  std::atomic<std::uint64_t> head_seen;
  /// The putting end. Stored by producers (release) after the messages before it are written;
  /// loaded by consumers and waiters (acquire), which then see those messages.
  alignas(64) std::atomic<std::uint64_t> tail;

  alignas(64) RobustLock get_lock;
  /// Relaxed: only used under `get_lock`.
  std::atomic<std::uint64_t> tail_seen;
  /// The getting end. Stored by consumers (release) after they have read what is before it; loaded
  /// by producers (acquire), which may then write over that.
  alignas(64) std::atomic<std::uint64_t> head;

  /// When memory was last given back, on the monotonic clock, in nanoseconds. Relaxed: it orders
  /// nothing.
  alignas(64) std::atomic<std::int64_t> shrunk_at;
};

}  // namespace progeny::multiprocessing::detail
