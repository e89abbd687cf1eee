#pragma once

// Blocks of memory that other processes can be shown: Python's `multiprocessing.heap`.

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

/// What a heap consists of at a moment.
struct HeapFacts {
  std::size_t arenas = 0;
  std::size_t arena_bytes = 0;
  std::size_t occupied_bytes = 0;
  std::size_t free_bytes = 0;
  std::size_t allocations = 0;  ///< Ever made.
  std::size_t frees = 0;        ///< Ever done.
  std::size_t pending = 0;      ///< Blocks freed while the heap was busy with something else.
  std::size_t lingering = 0;    ///< Blocks given up here that another process still uses.
};

/// A stretch of an arena: a block or a gap.
struct HeapPiece {
  const Region* arena = nullptr;
  std::size_t offset = 0;
  std::size_t size = 0;
  bool free = false;
};

/// Hands out blocks of arenas, which are shared memory without names.
///
/// Only the memory is shared: what is taken and what is free is known to this process alone, so
/// that no other can damage it, also if it is killed at any moment. A copy of the process must not
/// use its parent's heap; `heap()` gives it its own.
///
/// Methods are safe from several threads. One that is called while the same thread is inside
/// another (by an allocation hook, say) is `free` or `free_once_unused`: it queues its block.
class Heap {
 public:
  struct Options {
    /// An arena of so many bytes goes back to the system when nothing is left in it.
    std::size_t discard_from = std::size_t{4} << 20U;
    /// Where arenas come from.
    std::function<std::shared_ptr<Region>(std::size_t)> make_arena = {};
  };

  Heap();
  explicit Heap(Options options);

  /// A block of at least `size` bytes, at a multiple of 8, with whatever was there before. It takes
  /// up the next multiple of 8, and 8 for a size of 0; but if all sizes asked for are multiples of
  /// 16, so are all offsets.
  /// - Throws: ValueError for a negative size, std::overflow_error for one that no memory has, and
  ///   OSError if there is not so much; then all is as before.
  [[nodiscard]] Place allocate(std::ptrdiff_t size);

  /// Takes a block back.
  /// - Throws: ValueError if it is no block of this heap.
  void free(const Place& block);

  /// Takes a block back as soon as `users`, which lies in it, is 0. That is looked at in each call
  /// for some of the blocks that wait for it.
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
    /// Its node among the gaps while it is none, so that freeing it needs no memory.
    Gaps::node_type gap = {};
    [[nodiscard]] bool is_free() const noexcept { return gap.empty(); }
  };
  struct Arena {
    std::shared_ptr<Region> region;
    std::map<std::size_t, Piece> pieces;  ///< By offset, without holes between them.
  };
  struct Leaving {
    Place block;
    const std::atomic<std::uint32_t>* users = nullptr;  ///< None if nobody else uses it.
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
  /// Of the thread that holds the mutex. Others only compare it with their own.
  std::atomic<std::thread::id> inside_ = {};
  std::map<const Region*, Arena> arenas_;
  Gaps gaps_;
  // Lists, whose nodes are made before they are linked: making one may call `free` again.
  std::list<Leaving> pending_;    ///< Written only by the thread that is inside.
  std::list<Leaving> lingering_;  ///< Each with users when it was looked at last.
  std::size_t next_arena_;
  std::size_t allocations_ = 0;
  std::size_t frees_ = 0;
};

/// That of this process, which a copy of it has not: its own begins empty. Never destroyed.
[[nodiscard]] Heap& heap();

}  // namespace progeny::multiprocessing::detail
