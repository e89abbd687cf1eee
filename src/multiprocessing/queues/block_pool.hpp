#pragma once

// The memory of a queue: shared memory that grows, cut into blocks that are used again and again.

#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/roster.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace progeny::multiprocessing::detail {

/// The number of a message among all that were ever put, modulo 2^29.
using Sequence = std::uint32_t;
inline constexpr unsigned bits_of_sequence = 29;
inline constexpr Sequence mask_of_sequence = (Sequence{1} << bits_of_sequence) - 1;

/// How many messages `later` is ahead of `earlier`.
[[nodiscard]] constexpr Sequence messages_between(Sequence earlier, Sequence later) noexcept {
  return (later - earlier) & mask_of_sequence;
}

/// Throws OSError. Memory that others share may hold anything, so it is checked before it is used.
[[noreturn]] void throw_damaged_queue();

/// What a block is used for. The fields share a word, so that a `kill -9` cannot leave it half
/// changed.
///
///     bits  0..2    kind
///     bits  3..31   sequence
///     bits 32..63   member
///
///     free --take--> taken --+-- make_room ----> log ----- the head leaves it --> free
///                            +-- append_large -> queued -- get --> reading -----> free
///                            +-- give_memory_back -> hollow --take--> taken
///
/// Each arrow may be the last thing that a process does. MessageLog tells from the state and from
/// the ends of the log whether the block is still needed.
struct BlockState {
  enum class Kind : std::uint8_t {
    free,     ///< Not used.
    taken,    ///< `member` fills it with a message that is not in the log yet.
    log,      ///< A part of the log; `sequence` is the number of its first message.
    queued,   ///< One large message, to which the log refers under `sequence`.
    reading,  ///< The same, and `member` is getting it or has got it.
    hollow,   ///< Not used, and its memory has been given back to the system.
  };
  Kind kind = Kind::free;
  Sequence sequence = 0;
  MemberId member = 0;

  [[nodiscard]] std::uint64_t packed() const noexcept;
  [[nodiscard]] static BlockState unpacked(std::uint64_t word) noexcept;
};

/// Blocks of memory by number. Which block is needed is the business of MessageLog.
///
///     Header | Entry 0 | Entry 1 | ... | Entry 2^16 - 1 | block 0 | block 1 | ...
///
/// Blocks are made one behind the other and never disappear; they differ in size. Only the tables
/// of blocks that exist take up memory. Each process maps a block when it first uses it, so a queue
/// takes about as much address space as it has ever had messages.
class BlockPool {
 public:
  using Index = std::uint32_t;
  static constexpr Index none = ~Index{0};
  static constexpr Index most_blocks = Index{1} << 16;
  /// The size of the smallest block. Larger ones are multiples of it.
  static constexpr std::size_t unit = std::size_t{128} << 10;
  /// The most that a pool can grow to, in bytes.
  static constexpr std::size_t room = std::size_t{16} << 30;

  /// What the shared tables say of a block.
  struct Entry {
    /// A packed BlockState. Stored with release, loaded with acquire: what the last user of the
    /// block wrote or read is done before the next user writes.
    std::atomic<std::uint64_t> state{0};
    /// Place and size. Written by `make` before the block exists, then never again: relaxed.
    std::atomic<std::uint64_t> offset{0};
    std::atomic<std::uint64_t> size{0};
    /// Of a block of the log: the next one. Written by producers under their lock.
    std::atomic<std::uint32_t> next{none};
  };
  /// What the shared tables begin with.
  struct Header {
    /// How many blocks there are. Stored (release) by `make` last of all, loaded (acquire) by
    /// `count`: a block that is counted has its entry.
    std::atomic<std::uint32_t> blocks{0};
    /// A block that is probably free. Only saves a search: relaxed.
    std::atomic<std::uint32_t> hint{0};
  };
  /// Bytes that the header takes; the entries follow.
  static constexpr std::size_t size_of_header = 64;

  /// The pool at `offset` of a region. The `size_of_tables` bytes from there on belong to it.
  BlockPool(std::shared_ptr<Region> region, std::size_t offset);
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  ~BlockPool();
  /// Prepares the memory of a new pool.
  static void prepare(const Region& region, std::size_t offset);
  [[nodiscard]] static std::size_t size_of_tables() noexcept;

  /// Says whether a block that is not free is no longer needed.
  using IsLeft = std::function<bool(Index block, const BlockState& state)>;

  /// Takes a block of at least `size` bytes for member `me`: a free one, one that is no longer
  /// needed, or a new one.
  /// - Throws: OSError (`not_enough_memory`, `no_space_on_device`, ...) if there is no memory, or
  /// no
  ///   address space for it (then nothing has changed); or if the tables are damaged.
  /// - Threads: one at a time; MessageLog holds its `put_lock`.
  [[nodiscard]] Index take(std::size_t size, MemberId me, const IsLeft& is_left);

  [[nodiscard]] BlockState state(Index block) const noexcept;
  void set_state(Index block, const BlockState& state) noexcept;
  /// Frees a block that is in the state `from`; it is the next to be taken. Does nothing if the
  /// state is another by now: then a producer has reclaimed the block.
  void free(Index block, const BlockState& from) noexcept;

  /// Gives the memory of free blocks back, but for the first `kept` bytes of them. They can be
  /// taken as before.
  /// - Threads: safe beside all else.
  void give_memory_back(std::size_t kept, MemberId me) noexcept;

  /// Where a block is in this process, with its size as it was when this process first used it:
  /// from then on that does not depend on what others write to the tables.
  struct Place {
    std::byte* data;
    std::size_t size;
  };
  /// The place of a sound block, which is mapped if that has not been done yet.
  /// - Throws: OSError if there is no address space, or the tables are damaged.
  [[nodiscard]] const Place& place(Index block) const {
    const Place* const known =
        block < first_places ? places_[block].load(std::memory_order_acquire) : known_place(block);
    return known != nullptr ? *known : new_place(block);
  }
  [[nodiscard]] std::byte* data(Index block) const { return place(block).data; }
  [[nodiscard]] std::size_t size(Index block) const noexcept;
  [[nodiscard]] std::atomic<std::uint32_t>& next(Index block) const noexcept {
    return entry(block).next;
  }
  [[nodiscard]] Index count() const noexcept;
  /// Whether there is a block of this number, in memory that can be used.
  [[nodiscard]] bool is_sound(Index block) const;

 private:
  [[nodiscard]] bool can_be(std::uint64_t offset, std::uint64_t bytes) const;
  [[nodiscard]] Header& header() const noexcept { return region_->at<Header>(offset_); }
  [[nodiscard]] Entry& entry(Index block) const noexcept;
  [[nodiscard]] bool try_take(Index block, std::size_t size, MemberId me, const IsLeft& is_left);
  [[nodiscard]] const Place* known_place(Index block) const noexcept;
  [[nodiscard]] const Place& new_place(Index block) const;
  [[nodiscard]] std::atomic<const Place*>& slot(Index block) const;
  [[nodiscard]] Index make(std::size_t size, MemberId me);
  [[nodiscard]] std::uint64_t end() const;

  // The places that this process knows, by number: the first ones here, others in leaves that are
  // made when they are needed. Places and leaves are made once and stay. Stored with release,
  // loaded with acquire. No lock: a fork would copy it while another thread holds it.
  static constexpr Index first_places = 32;
  static constexpr Index places_in_leaf = 256;
  using Leaf = std::array<std::atomic<const Place*>, places_in_leaf>;

  std::shared_ptr<Region> region_;
  std::size_t offset_;
  mutable std::array<std::atomic<const Place*>, first_places> places_{};
  mutable std::array<std::atomic<Leaf*>, most_blocks / places_in_leaf> leaves_{};
};

}  // namespace progeny::multiprocessing::detail
