#include "multiprocessing/memory/heap.hpp"

#include "platform/memory/mapping.hpp"
#include "platform/process/fork.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

constexpr std::size_t unit = 8;
constexpr std::size_t largest_usual_arena = std::size_t{4} << 20U;
// How many lingering blocks a call looks at: enough to keep up, and few enough not to be noticed.
constexpr int looks_per_call = 8;

constexpr std::size_t round_up(std::size_t size, std::size_t multiple) {
  return (size + multiple - 1) / multiple * multiple;
}

std::size_t checked_size(std::ptrdiff_t size) {
  if (size < 0) {
    throw ValueError(fmt::format("a block of shared memory cannot have {} bytes", size));
  }
  // Rounding up to a page would overflow.
  if (size > std::numeric_limits<std::ptrdiff_t>::max() - std::ptrdiff_t{1 << 16}) {
    throw std::overflow_error(
        fmt::format("a block of {} bytes is larger than any memory can be", size));
  }
  return static_cast<std::size_t>(size);
}

}  // namespace

// Holds the mutex for a scope, and notes which thread does. Members are destroyed in reverse order:
// `inside_` is cleared before the mutex is free for another thread.
class Heap::Turn {
 public:
  explicit Turn(Heap& heap) : lock_(heap.mutex_), inside_(heap.inside_) { heap.tend(); }

 private:
  class Inside {
   public:
    explicit Inside(std::atomic<std::thread::id>& thread) : thread_(thread) {
      thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { thread_.store({}, std::memory_order_relaxed); }

   private:
    std::atomic<std::thread::id>& thread_;
  };

  std::lock_guard<std::mutex> lock_;
  Inside inside_;
};

Heap::Heap() : Heap(Options{}) {}

Heap::Heap(Options options) : options_(std::move(options)), next_arena_(platform::page_size()) {
  if (!options_.make_arena) {
    options_.make_arena = [](std::size_t size) { return Region::make("progeny-heap", size); };
  }
}

// Takes the smallest gap that is large enough. All that may throw comes first: then nothing has
// changed yet.
Place Heap::allocate(std::ptrdiff_t size) {
  const std::size_t wanted = checked_size(size);
  const std::size_t needed = round_up(std::max(wanted, unit), unit);
  const Turn turn(*this);
  auto gap = gaps_.lower_bound({.size = needed, .arena = nullptr, .offset = 0});
  if (gap == gaps_.end()) {
    gap = add_arena(needed);
  }
  Arena& arena = arenas_.at(gap->arena);
  const std::size_t offset = gap->offset;
  Piece& piece = arena.pieces.at(offset);
  split(arena, offset, piece, needed);
  piece.gap = gaps_.extract(gap);
  ++allocations_;
  return {.region = arena.region, .offset = offset, .size = wanted};
}

// A new arena is one gap. Arenas double in size, as in Python, so that few of them hold much.
Heap::Gaps::iterator Heap::add_arena(std::size_t least) {
  const std::size_t size = round_up(std::max(next_arena_, least), platform::page_size());
  auto region = options_.make_arena(size);
  const Region* const key = region.get();
  Arena arena{.region = std::move(region), .pieces = {}};
  arena.pieces.emplace(0, Piece{.size = size});
  const auto place = arenas_.emplace(key, std::move(arena)).first;
  try {
    const auto gap = gaps_.insert({.size = size, .arena = key, .offset = 0}).first;
    next_arena_ = std::min(next_arena_ * 2, largest_usual_arena);
    return gap;
  } catch (...) {
    arenas_.erase(place);
    throw;
  }
}

// Cuts a free piece to `size` bytes, and makes a gap of the rest. The caller takes the piece itself
// out of the gaps.
void Heap::split(Arena& arena, std::size_t offset, Piece& piece, std::size_t size) {
  const std::size_t rest = piece.size - size;
  if (rest == 0) {
    return;
  }
  const auto after = arena.pieces.emplace(offset + size, Piece{.size = rest}).first;
  try {
    gaps_.insert({.size = rest, .arena = arena.region.get(), .offset = offset + size});
  } catch (...) {
    arena.pieces.erase(after);
    throw;
  }
  piece.size = size;
}

void Heap::free(const Place& block) {
  leave(block, nullptr);
}

void Heap::free_once_unused(const Place& block, const std::atomic<std::uint32_t>& users) {
  leave(block, &users);
}

// Called again from inside, this thread holds the mutex already, and the heap is half changed.
void Heap::leave(const Place& block, const std::atomic<std::uint32_t>* users) {
  const Leaving leaving{.block = block, .users = users};
  if (inside_.load(std::memory_order_relaxed) == std::this_thread::get_id()) {
    pending_.push_back(leaving);
    return;
  }
  const Turn turn(*this);
  leave_now(leaving);
}

void Heap::leave_now(const Leaving& leaving) {
  // Acquire pairs with the release in SharedBlock::remove_use: what the last user wrote is written
  // before the block is used for something else.
  if (leaving.users == nullptr || leaving.users->load(std::memory_order_acquire) == 0) {
    take_back(leaving.block);
  } else {
    lingering_.push_back(leaving);
  }
}

// Each call begins with what calls before it had to leave: pending and lingering blocks.
void Heap::tend() {
  while (!pending_.empty()) {
    std::list<Leaving> first;
    first.splice(first.begin(), pending_, pending_.begin());
    try {
      leave_now(first.front());
    } catch (const ValueError&) {  // NOLINT(bugprone-empty-catch): it was no block, and its caller
                                   // has returned.
    }
  }
  auto looks = std::min<std::size_t>(looks_per_call, lingering_.size());
  for (; looks != 0; --looks) {
    if (lingering_.front().users->load(std::memory_order_acquire) == 0) {
      take_back(lingering_.front().block);
      lingering_.pop_front();
    } else {
      lingering_.splice(lingering_.end(), lingering_, lingering_.begin());
    }
  }
}

// Makes a gap of a block, and merges it with the gaps on both sides. Needs no memory: it uses the
// node that the block has kept.
void Heap::take_back(const Place& block) {
  const auto arena = arenas_.find(block.region.get());
  if (arena == arenas_.end()) {
    throw ValueError("the block to be freed is none of this process's heap");
  }
  auto& pieces = arena->second.pieces;
  auto piece = pieces.find(block.offset);
  if (piece == pieces.end() || piece->second.is_free()) {
    throw ValueError(
        fmt::format("there is no block at offset {} of the arena to be freed", block.offset));
  }
  auto gap = std::move(piece->second.gap);
  merge_with_next(arena->second, piece);
  if (piece != pieces.begin() && std::prev(piece)->second.is_free()) {
    --piece;
    gaps_.erase({.size = piece->second.size, .arena = arena->first, .offset = piece->first});
    piece->second.size += std::next(piece)->second.size;
    pieces.erase(std::next(piece));
  }
  gap.value() = {.size = piece->second.size, .arena = arena->first, .offset = piece->first};
  gaps_.insert(std::move(gap));
  ++frees_;
  discard_if_empty(arena->first);
}

void Heap::merge_with_next(Arena& arena, std::map<std::size_t, Piece>::iterator piece) {
  const auto next = std::next(piece);
  if (next == arena.pieces.end() || !next->second.is_free()) {
    return;
  }
  gaps_.erase({.size = next->second.size, .arena = arena.region.get(), .offset = next->first});
  piece->second.size += next->second.size;
  arena.pieces.erase(next);
}

void Heap::discard_if_empty(const Region* region) {
  const auto arena = arenas_.find(region);
  const std::size_t size = arena->second.region->size();
  const Piece& first = arena->second.pieces.begin()->second;
  if (size >= options_.discard_from && first.is_free() && first.size == size) {
    gaps_.erase({.size = size, .arena = region, .offset = 0});
    arenas_.erase(arena);
  }
}

HeapFacts Heap::facts() {
  const Turn turn(*this);
  HeapFacts facts{.arenas = arenas_.size(),
                  .allocations = allocations_,
                  .frees = frees_,
                  .pending = pending_.size(),
                  .lingering = lingering_.size()};
  for (const auto& [key, arena] : arenas_) {
    facts.arena_bytes += arena.region->size();
    for (const auto& [offset, piece] : arena.pieces) {
      (piece.is_free() ? facts.free_bytes : facts.occupied_bytes) += piece.size;
    }
  }
  return facts;
}

std::vector<HeapPiece> Heap::pieces() {
  const Turn turn(*this);
  std::vector<HeapPiece> all;
  for (const auto& [key, arena] : arenas_) {
    for (const auto& [offset, piece] : arena.pieces) {
      all.push_back({.arena = key, .offset = offset, .size = piece.size, .free = piece.is_free()});
    }
  }
  return all;
}

namespace {

struct OwnHeap {
  Heap heap;
  std::uint32_t generation = 0;
  /// The copy of the parent's heap. It is never used: its mutex may be locked by a thread that this
  /// process does not have. It is kept, since objects here may still lie in its arenas.
  const OwnHeap* parents = nullptr;
};

}  // namespace

// Release and acquire of `current` pass the heap itself from the thread that made it to others.
Heap& heap() {
  static std::atomic<OwnHeap*> current{nullptr};
  OwnHeap* own = current.load(std::memory_order_acquire);
  const std::uint32_t generation = platform::fork_generation();
  while (own == nullptr || own->generation != generation) {
    auto fresh = std::make_unique<OwnHeap>();
    fresh->generation = generation;
    fresh->parents = own;
    if (current.compare_exchange_strong(own, fresh.get(), std::memory_order_acq_rel)) {
      return fresh.release()->heap;
    }
  }
  return own->heap;
}

}  // namespace progeny::multiprocessing::detail
