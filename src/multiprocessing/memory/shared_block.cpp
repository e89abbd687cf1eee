#include "multiprocessing/memory/shared_block.hpp"

#include "multiprocessing/memory/copies.hpp"
#include "multiprocessing/memory/heap.hpp"
#include "platform/process/fork.hpp"

#include <progeny/serial.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// The count of users lies so far before the bytes of the object. A full 16 bytes keep those
// aligned.
constexpr std::size_t header_size = SharedBlock::usual_alignment;
static_assert(sizeof(std::atomic<std::uint32_t>) <= header_size &&
              std::atomic<std::uint32_t>::is_always_lock_free);

constexpr std::size_t round_up(std::size_t size, std::size_t multiple) {
  return (size + multiple - 1) / multiple * multiple;
}

// What to ask of the heap. All sizes are multiples of the usual alignment, so all blocks begin at
// such a multiple, and only a larger alignment needs room to move.
std::ptrdiff_t size_with_header(std::ptrdiff_t size, std::size_t alignment) {
  const std::size_t extra = header_size + (alignment - SharedBlock::usual_alignment);
  if (size < 0 || static_cast<std::size_t>(size) >
                      std::numeric_limits<std::ptrdiff_t>::max() - extra - header_size) {
    return size;  // The heap throws, and its message has the caller's number.
  }
  return static_cast<std::ptrdiff_t>(
      round_up(static_cast<std::size_t>(size) + extra, SharedBlock::usual_alignment));
}

}  // namespace

std::shared_ptr<SharedBlock> SharedBlock::make(std::ptrdiff_t size, std::size_t alignment) {
  alignment = std::max(alignment, usual_alignment);
  const Place made = heap().allocate(size_with_header(size, alignment));
  Place place{.region = made.region,
              .offset = round_up(made.offset + header_size, alignment),
              .size = static_cast<std::size_t>(size)};
  std::byte* const data = place.region->data() + place.offset;
  new (data - header_size) Users(1);
  std::memset(data, 0, place.size);
  try {
    return std::make_shared<SharedBlock>(std::move(place), made);
  } catch (...) {
    heap().free(made);
    throw;
  }
}

std::shared_ptr<SharedBlock> SharedBlock::load(serial::Reader& reader,
                                               std::size_t least,
                                               std::size_t alignment) {
  Place place = load_place(reader, least, std::max(alignment, usual_alignment));
  if (place.offset < header_size) {
    reader.fail("the block of shared memory has no beginning");
  }
  return std::make_shared<SharedBlock>(std::move(place), Place());
}

std::shared_ptr<SharedBlock> SharedBlock::counted(std::shared_ptr<SharedBlock> block) {
  if (block->generation_ == platform::fork_generation()) {
    return block;
  }
  auto counting = std::make_shared<SharedBlock>(block->place_, Place());
  users_of(counting->place_).fetch_add(1, std::memory_order_relaxed);
  return counting;
}

SharedBlock::SharedBlock(Place place, Place made)
    : place_(std::move(place)),
      made_(std::move(made)),
      since_(Copies::enter()),
      generation_(platform::fork_generation()) {}

// A function that must outlive this object takes its parts with it.
SharedBlock::~SharedBlock() {
  if (generation_ != platform::fork_generation()) {
    return;
  }
  if (Copies::leave(since_)) {
    give_up(place_, made_);
    return;
  }
  try {
    Copies::later(since_, [place = place_, made = made_] { give_up(place, made); });
  } catch (...) {  // NOLINT(bugprone-empty-catch): no memory to note it. The block stays taken.
  }
}

// Takes away the use of an object in this process, and frees the block if this process has made it.
void SharedBlock::give_up(const Place& place, const Place& made) noexcept {
  Users& users = users_of(place);
  users.fetch_sub(1, std::memory_order_release);
  if (made.region) {
    try {
      heap().free_once_unused(made, users);
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory to note that the block waits for its
                     // users. It stays taken.
    }
  }
}

// Release pairs with the acquire in Heap: the heap that loads 0 sees all that the users wrote.
void SharedBlock::remove_use() const noexcept {
  users_of(place_).fetch_sub(1, std::memory_order_release);
}

SharedBlock::Users& SharedBlock::users_of(const Place& place) noexcept {
  return place.region->at<Users>(place.offset - header_size);
}

namespace {

// The use of a block by a message. The receiver takes it over: its object counts for it.
class UseByMessage : public serial::Claim {
 public:
  explicit UseByMessage(std::shared_ptr<const SharedBlock> block) noexcept
      : block_(std::move(block)) {}
  void give_back() noexcept override { block_->remove_use(); }

 private:
  std::shared_ptr<const SharedBlock> block_;
};

}  // namespace

void SharedBlock::save(serial::Writer& writer) const {
  save_place(writer, place_);
  writer.add_claim(std::make_unique<UseByMessage>(shared_from_this()));
  // Relaxed: this process is a user already, so the count is not 0, and nothing hangs on the order.
  users_of(place_).fetch_add(1, std::memory_order_relaxed);
}

namespace {

Keeping::Kept*& kept_by_thread() noexcept {
  thread_local Keeping::Kept* kept = nullptr;
  return kept;
}

}  // namespace

Keeping::Keeping(Kept& kept) noexcept : outer_(std::exchange(kept_by_thread(), &kept)) {}

Keeping::~Keeping() {
  kept_by_thread() = outer_;
}

void Keeping::let_go(std::shared_ptr<SharedBlock> block) noexcept {
  Kept* const kept = kept_by_thread();
  if (kept == nullptr || !block) {
    return;
  }
  try {
    kept->push_back(SharedBlock::counted(std::move(block)));
  } catch (...) {  // NOLINT(bugprone-empty-catch): a destructor calls this. There is no memory.
  }
}

}  // namespace progeny::multiprocessing::detail
