#include "multiprocessing/queues/block_pool.hpp"

#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/memory/mapping.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

constexpr unsigned bits_of_kind = 3;

constexpr std::size_t size_of_entries = BlockPool::most_blocks * sizeof(BlockPool::Entry);

constexpr std::size_t rounded_up(std::size_t size, std::size_t unit) noexcept {
  return (size + unit - 1) / unit * unit;
}

// Eight sizes for each doubling: a block is at most an eighth larger than needed.
std::size_t size_of_block(std::size_t size) noexcept {
  const std::size_t step = std::max(BlockPool::unit, std::bit_floor(size) / 8);
  return rounded_up(std::max(size, BlockPool::unit), step);
}

}  // namespace

void throw_damaged_queue() {
  throw OSError(std::make_error_code(std::errc::bad_message), "the memory of a queue is damaged");
}

std::uint64_t BlockState::packed() const noexcept {
  return static_cast<std::uint64_t>(kind) | std::uint64_t{sequence} << bits_of_kind |
         std::uint64_t{member} << (bits_of_kind + bits_of_sequence);
}

BlockState BlockState::unpacked(std::uint64_t word) noexcept {
  constexpr std::uint64_t mask_of_kind = (1U << bits_of_kind) - 1;
  return {.kind = static_cast<Kind>(word & mask_of_kind),
          .sequence = static_cast<Sequence>(word >> bits_of_kind) & mask_of_sequence,
          .member = static_cast<MemberId>(word >> (bits_of_kind + bits_of_sequence))};
}

BlockPool::BlockPool(std::shared_ptr<Region> region, std::size_t offset)
    : region_(std::move(region)), offset_(offset) {}

BlockPool::~BlockPool() {
  const auto destroy = [](std::atomic<const Place*>& slot) {
    const std::unique_ptr<const Place> last(slot.load(std::memory_order_acquire));
  };
  std::ranges::for_each(places_, destroy);
  for (std::atomic<Leaf*>& each : leaves_) {
    if (const std::unique_ptr<Leaf> leaf(each.load(std::memory_order_acquire)); leaf) {
      std::ranges::for_each(*leaf, destroy);
    }
  }
}

std::size_t BlockPool::size_of_tables() noexcept {
  return rounded_up(size_of_header + size_of_entries, platform::page_size());
}

void BlockPool::prepare(const Region& region, std::size_t offset) {
  region.reserve(offset, platform::page_size());
}

BlockPool::Entry& BlockPool::entry(Index block) const noexcept {
  return region_->at<Entry>(offset_ + size_of_header + block * sizeof(Entry));
}

BlockState BlockPool::state(Index block) const noexcept {
  return BlockState::unpacked(entry(block).state.load(std::memory_order_acquire));
}

void BlockPool::set_state(Index block, const BlockState& state) noexcept {
  entry(block).state.store(state.packed(), std::memory_order_release);
}

// Release: what this process read of the block is read before another writes over it.
void BlockPool::free(Index block, const BlockState& from) noexcept {
  std::uint64_t word = from.packed();
  if (entry(block).state.compare_exchange_strong(
          word, BlockState{}.packed(), std::memory_order_release, std::memory_order_relaxed)) {
    header().hint.store(block, std::memory_order_relaxed);
  }
}

const BlockPool::Place* BlockPool::known_place(Index block) const noexcept {
  const Leaf* const leaf = leaves_[block / places_in_leaf].load(std::memory_order_acquire);
  return leaf == nullptr ? nullptr
                         : (*leaf)[block % places_in_leaf].load(std::memory_order_acquire);
}

// Where the place of a block is noted.
std::atomic<const BlockPool::Place*>& BlockPool::slot(Index block) const {
  if (block < first_places) {
    return places_[block];
  }
  std::atomic<Leaf*>& leaf = leaves_[block / places_in_leaf];
  Leaf* known = leaf.load(std::memory_order_acquire);
  if (known == nullptr) {
    auto made = std::make_unique<Leaf>();
    if (leaf.compare_exchange_strong(known, made.get(), std::memory_order_acq_rel)) {
      known = made.release();
    }
  }
  return (*known)[block % places_in_leaf];
}

const BlockPool::Place& BlockPool::new_place(Index block) const {
  const std::uint64_t offset = entry(block).offset.load(std::memory_order_relaxed);
  const std::uint64_t bytes = entry(block).size.load(std::memory_order_relaxed);
  if (!can_be(offset, bytes)) {
    throw_damaged_queue();
  }
  auto made =
      std::make_unique<const Place>(Place{.data = region_->map(offset, bytes), .size = bytes});
  const Place* known = nullptr;
  if (slot(block).compare_exchange_strong(known, made.get(), std::memory_order_acq_rel)) {
    known = made.release();
  }
  return *known;
}

std::size_t BlockPool::size(Index block) const noexcept {
  return entry(block).size.load(std::memory_order_relaxed);
}

BlockPool::Index BlockPool::count() const noexcept {
  return header().blocks.load(std::memory_order_acquire);
}

// The entry of a block that does not exist yet is zeros, which is no place for a block. This runs
// for each message, so it does not ask for the size of a page.
bool BlockPool::is_sound(Index block) const {
  if (block >= most_blocks) {
    return false;
  }
  return can_be(entry(block).offset.load(std::memory_order_relaxed),
                entry(block).size.load(std::memory_order_relaxed));
}

// Whether a block can lie there.
bool BlockPool::can_be(std::uint64_t offset, std::uint64_t bytes) const {
  return offset >= offset_ + size_of_header + size_of_entries && bytes >= unit &&
         region_->has(offset, bytes);
}

BlockPool::Index BlockPool::take(std::size_t size, MemberId me, const IsLeft& is_left) {
  const Index blocks = count();
  if (blocks > most_blocks) {
    throw_damaged_queue();
  }
  // The hint is what was freed last: a queue that is mostly empty uses one block over and over,
  // which stays in the processor's cache.
  const Index hint = header().hint.load(std::memory_order_relaxed);
  if (hint < blocks && try_take(hint, size, me, is_left)) {
    return hint;
  }
  for (Index block = 0; block < blocks; ++block) {
    if (try_take(block, size, me, is_left)) {
      return block;
    }
  }
  return make(size, me);
}

bool BlockPool::try_take(Index block, std::size_t size, MemberId me, const IsLeft& is_left) {
  const std::size_t bytes = this->size(block);
  // A block that is more than twice as large is left to large messages.
  if (bytes < size || bytes / 2 > std::max(size, unit) || !is_sound(block)) {
    return false;
  }
  std::uint64_t word = entry(block).state.load(std::memory_order_acquire);
  const BlockState known = BlockState::unpacked(word);
  const bool is_hollow = known.kind == BlockState::Kind::hollow;
  if (known.kind != BlockState::Kind::free && !is_hollow && !is_left(block, known)) {
    return false;
  }
  // Fails if a consumer freed the block meanwhile: then it is found by the next search. Acquire
  // pairs with the release in `free`: the message that was in it has been read.
  const BlockState taken{.kind = BlockState::Kind::taken, .member = me};
  if (!entry(block).state.compare_exchange_strong(
          word, taken.packed(), std::memory_order_acq_rel, std::memory_order_relaxed)) {
    return false;
  }
  // A process that died with the block may have given its memory back, or been about to reserve it.
  if (is_hollow || known.kind == BlockState::Kind::taken) {
    try {
      region_->reserve(entry(block).offset.load(std::memory_order_relaxed), bytes);
    } catch (...) {
      set_state(block, {.kind = BlockState::Kind::hollow});
      throw;
    }
  }
  return true;
}

// By the states alone: producers may take blocks meanwhile.
void BlockPool::give_memory_back(std::size_t kept, MemberId me) noexcept {
  const Index blocks = std::min(count(), most_blocks);
  const BlockState taken{.kind = BlockState::Kind::taken, .member = me};
  for (Index block = 0; block < blocks; ++block) {
    Entry& own = entry(block);
    std::uint64_t word = own.state.load(std::memory_order_relaxed);
    const std::uint64_t offset = own.offset.load(std::memory_order_relaxed);
    const std::uint64_t bytes = own.size.load(std::memory_order_relaxed);
    if (BlockState::unpacked(word).kind != BlockState::Kind::free) {
      continue;
    }
    if (kept >= bytes) {
      kept -= bytes;
      continue;
    }
    // Acquire, for the `free` of the last user.
    if (offset < offset_ + size_of_header + size_of_entries || bytes > room ||
        !own.state.compare_exchange_strong(word, taken.packed(), std::memory_order_acq_rel)) {
      continue;
    }
    const bool is_hollow = region_->give_back(offset, bytes);
    set_state(block, {.kind = is_hollow ? BlockState::Kind::hollow : BlockState::Kind::free});
  }
}

// Where the last block ends. It is computed, since a word for it would have to change in the same
// instant as the number of blocks.
std::uint64_t BlockPool::end() const {
  const Index blocks = count();
  if (blocks == 0) {
    return offset_ + size_of_tables();
  }
  if (!is_sound(blocks - 1)) {
    throw_damaged_queue();
  }
  const Entry& last = entry(blocks - 1);
  return last.offset.load(std::memory_order_relaxed) + last.size.load(std::memory_order_relaxed);
}

// The last store, to the number of blocks, makes the block exist. A process that is killed before
// it leaves nothing but memory that the next call uses.
BlockPool::Index BlockPool::make(std::size_t size, MemberId me) {
  const Index block = count();
  const std::uint64_t offset = end();
  const std::size_t bytes = size_of_block(size);
  if (block >= most_blocks || bytes > room || offset > room - bytes) {
    throw OSError(std::make_error_code(std::errc::not_enough_memory),
                  "the memory of a queue has grown to its limit, and no process gets from it");
  }
  Entry& made = entry(block);
  const auto table_offset =
      static_cast<std::size_t>(reinterpret_cast<std::byte*>(&made) - region_->data());
  region_->reserve(table_offset, sizeof(Entry));
  region_->reserve(offset, bytes);
  made.offset.store(offset, std::memory_order_relaxed);
  made.size.store(bytes, std::memory_order_relaxed);
  made.next.store(none, std::memory_order_relaxed);
  set_state(block, {.kind = BlockState::Kind::taken, .member = me});
  header().blocks.store(block + 1, std::memory_order_release);
  return block;
}

}  // namespace progeny::multiprocessing::detail
