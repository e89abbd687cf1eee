#pragma once

// The memory of a queue: blocks that are used again and again, in shared memory that grows.

#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/roster.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace progeny::multiprocessing::detail {

/// Number of a message among all that were put, modulo 2^29.
using Sequence = std::uint32_t;
inline constexpr unsigned bits_of_sequence = 29;
inline constexpr Sequence mask_of_sequence = (Sequence{1} << bits_of_sequence) - 1;

/// How many messages `later` is ahead of `earlier`.
[[nodiscard]] constexpr Sequence messages_between(Sequence earlier, Sequence later) noexcept {
  return (later - earlier) & mask_of_sequence;
}

/// OSError, for memory that anything may have been written to.
[[noreturn]] void throw_damaged_queue();

/// What a block is used for, in one word, so that no `kill -9` can leave it half changed.
struct BlockState {
  enum class Kind : std::uint8_t {
    free,     ///< Nothing.
    taken,    ///< `member` fills it with a message that is not in the log yet.
    log,      ///< A stretch of the log; `sequence` is that of its first message.
    queued,   ///< A message of its own, to which the log refers under `sequence`.
    reading,  ///< The same; `member` gets it or has got it.
  };
  Kind kind = Kind::free;
  Sequence sequence = 0;
  MemberId member = 0;

  [[nodiscard]] std::uint64_t packed() const noexcept;
  [[nodiscard]] static BlockState unpacked(std::uint64_t word) noexcept;
};

/// Blocks of memory by number. Who changes what of them is up to the MessageLog.
class BlockPool {
 public:
  using Index = std::uint32_t;
  static constexpr Index none = ~Index{0};
  static constexpr Index most_blocks = Index{1} << 16;
  /// The size of the smallest, and the unit of all.
  static constexpr std::size_t unit = std::size_t{128} << 10;
  /// Bytes of addresses that a pool takes, in each process.
  static constexpr std::size_t room = std::size_t{16} << 30;

  /// What lies in the shared memory of each block.
  struct Entry {
    std::atomic<std::uint64_t> state{0};
    std::atomic<std::uint64_t> offset{0};
    std::atomic<std::uint64_t> size{0};
    std::atomic<std::uint32_t> next{none};  ///< Of a stretch of the log: the next one.
  };
  /// What lies in the shared memory of the pool.
  struct Header {
    std::atomic<std::uint32_t> blocks{0};
    std::atomic<std::uint32_t> hint{0};  ///< A block that may be free.
  };
  /// Bytes that the header takes; the entries follow.
  static constexpr std::size_t size_of_header = 64;

  /// The pool at `offset` of a region; `size_of_tables` bytes from there on are its own.
  BlockPool(std::shared_ptr<Region> region, std::size_t offset);
  /// Prepares the memory of a new pool.
  static void prepare(const Region& region, std::size_t offset);
  [[nodiscard]] static std::size_t size_of_tables() noexcept;

  /// Tells of a block that is not free whether nobody needs it any more.
  using IsLeft = std::function<bool(Index block, const BlockState& state)>;

  /// Takes a block of at least `size` bytes in the name of `me`: a free one, one that is left, or a
  /// new one.
  /// - Throws: OSError (`not_enough_memory`, `no_space_on_device`, ...) if there is no memory; then
  ///   nothing has changed; or if the tables are damaged. One at a time.
  [[nodiscard]] Index take(std::size_t size, MemberId me, const IsLeft& is_left);

  [[nodiscard]] BlockState state(Index block) const noexcept;
  void set_state(Index block, const BlockState& state) noexcept;
  /// Gives a block back that is in the state `from`, to be the next that is taken. Nothing if
  /// somebody has found it to be left and taken it.
  void free(Index block, const BlockState& from) noexcept;

  [[nodiscard]] std::byte* data(Index block) const noexcept;
  [[nodiscard]] std::size_t size(Index block) const noexcept;
  [[nodiscard]] std::atomic<std::uint32_t>& next(Index block) const noexcept {
    return entry(block).next;
  }
  [[nodiscard]] Index count() const noexcept;
  /// Whether a number is that of a block whose place is where blocks can be, and can be used.
  [[nodiscard]] bool is_sound(Index block) const;

 private:
  [[nodiscard]] Header& header() const noexcept { return region_->at<Header>(offset_); }
  [[nodiscard]] Entry& entry(Index block) const noexcept;
  [[nodiscard]] bool try_take(Index block, std::size_t size, MemberId me, const IsLeft& is_left);
  [[nodiscard]] Index make(std::size_t size, MemberId me);
  [[nodiscard]] std::uint64_t end() const;

  std::shared_ptr<Region> region_;
  std::size_t offset_;
};

}  // namespace progeny::multiprocessing::detail
