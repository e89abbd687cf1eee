#pragma once

// Hands out blocks of shared memory: Python's `multiprocessing.heap`.

#include "multiprocessing/memory/region.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace progeny::multiprocessing::detail {

/// The state of a heap, for tests.
struct HeapFacts {
  std::size_t arenas = 0;
  std::size_t arena_bytes = 0;
  std::size_t occupied_bytes = 0;
  std::size_t free_bytes = 0;
  std::size_t allocations = 0;  ///< Since the heap was made.
  std::size_t frees = 0;        ///< Since the heap was made.
  std::size_t pending = 0;      ///< Blocks whose `free` came while the heap was busy.
  std::size_t lingering = 0;    ///< Blocks freed here that another process still uses.
};

/// A part of an arena: a block or a gap.
struct HeapPiece {
  const Region* arena = nullptr;
  std::size_t offset = 0;
  std::size_t size = 0;
  bool free = false;
};

/// Hands out blocks of arenas. An arena is a Region; blocks and gaps tile it:
///
///     | block | gap | block | block |        gap        |
///
/// Only the memory is shared. Which parts are free is known to this process alone, so no other
/// process can damage that, whenever it is killed. A block is freed by the process that made it:
///
///     allocated --free-------------> gap, merged with the gaps beside it
///         |
///         +------free_once_unused--> gap, if the count of its users is 0; else
///                                    lingering --a later call finds the count 0--> gap
///
/// If the thread that calls `free` is inside the heap already (its allocator runs a destructor,
/// say), the block is pending first, and the next call frees it.
///
/// A forked child must not use its parent's heap; `heap()` gives it its own.
/// - Threads: safe.
class Heap {
 public:
  struct Options {
    /// An arena of at least so many bytes goes back to the system when it is empty. Smaller ones
    /// are kept, as they are cheap and soon needed again.
    std::size_t discard_from = std::size_t{4} << 20U;
    /// Makes an arena. Default: `Region::make`.
    std::function<std::shared_ptr<Region>(std::size_t)> make_arena = {};
  };

  Heap();
  explicit Heap(Options options);

  /// A block of at least `size` bytes at a multiple of 8. Its bytes are whatever was there before.
  /// It takes up the next multiple of 8 (at least 8), so if all sizes are multiples of 16, all
  /// offsets are.
  /// - Throws: ValueError for a negative size, std::overflow_error for a size above all memory,
  ///   OSError if there is no memory. Then nothing has changed.
  [[nodiscard]] Place allocate(std::ptrdiff_t size);

  /// Frees a block.
  /// - Throws: ValueError if it is no block of this heap.
  void free(const Place& block);

  /// Frees a block once `users`, which lies in it, is 0. Until then each call of the heap looks at
  /// some of the blocks that wait for that.
  void free_once_unused(const Place& block, const std::atomic<std::uint32_t>& users);

  [[nodiscard]] HeapFacts facts();
  /// All pieces: arena by arena, and by their offsets within.
  [[nodiscard]] std::vector<HeapPiece> pieces();

 private:
  struct Gap {
    std::size_t size;
    const Region* arena;
    std::size_t offset;
    auto operator<=>(const Gap&) const = default;
  };
  using Gaps = std::set<Gap>;
  struct Piece {
    std::size_t size;
    /// The node of `gaps_` that this piece had as a gap. Kept in a block, so that freeing it needs
    /// no memory and cannot fail. Empty in a gap.
    Gaps::node_type gap = {};
    [[nodiscard]] bool is_free() const noexcept { return gap.empty(); }
  };
  struct Arena {
    std::shared_ptr<Region> region;
    std::map<std::size_t, Piece> pieces;  ///< By offset, without holes between them.
  };
  struct Leaving {
    Place block;
    const std::atomic<std::uint32_t>* users = nullptr;  ///< Null: there are no other users.
  };
  class Turn;

  void tend();
  Gaps::iterator add_arena(std::size_t least);
  void split(Arena& arena, std::size_t offset, Piece& piece, std::size_t size);
  void leave(const Place& block, const std::atomic<std::uint32_t>* users);
  void leave_now(const Leaving& leaving);
  void take_back(const Place& block);
  void merge_with_next(Arena& arena, std::map<std::size_t, Piece>::iterator piece);
  void discard_if_empty(const Region* region);

  Options options_;
  std::mutex mutex_;  ///< Guards what follows.
  /// The thread that holds the mutex. Relaxed: a thread only asks whether it is itself, and what it
  /// has stored itself it sees.
  std::atomic<std::thread::id> inside_ = {};
  std::map<const Region*, Arena> arenas_;
  Gaps gaps_;
  // Lists: a list makes its node before it links it. Making it may call `free`, which then finds
  // the list whole.
  std::list<Leaving> pending_;    ///< Written only by the thread that is inside.
  std::list<Leaving> lingering_;  ///< Those that had users when they were last looked at.
  std::size_t next_arena_;
  std::size_t allocations_ = 0;
  std::size_t frees_ = 0;
};

/// The heap of this process. That of a forked child begins empty. Never destroyed.
[[nodiscard]] Heap& heap();

}  // namespace progeny::multiprocessing::detail
