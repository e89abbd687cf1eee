#include <progeny/multiprocessing/detail/shared_arena.hpp>

#include "multiprocessing/memory/region.hpp"
#include "platform/process/child.hpp"

#include <progeny/multiprocessing/errors.hpp>

#include <atomic>
#include <cstdint>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// At the beginning of the memory; zeros at first.
struct Header {
  /// Set by who has the turn as long as he has it. Written and read only in one's turn; atomic so
  /// that what follows in the program comes after it for who finds it there.
  std::atomic<std::uint32_t> in_use{0};
  std::uint64_t root = 0;
};

constexpr std::size_t room_of_header = 64;
static_assert(sizeof(Header) <= room_of_header);

Header& header_of(const Region& region) noexcept {
  return region.at<Header>(0);
}

}  // namespace

SharedArena::SharedArena(std::size_t size)
    : region_(Region::make("progeny-containers", size + room_of_header)) {}

SharedArena::SharedArena(Lock lock, std::shared_ptr<Region> region) noexcept
    : lock_(std::move(lock)), region_(std::move(region)) {}

// The lock is the caller's already.
SharedArena::Turn::Turn(Lock lock, std::shared_ptr<Region> region)
    : lock_(std::move(lock)), region_(std::move(region)), process_(platform::current_pid()) {
  header_of(*region_).in_use.store(1, std::memory_order_seq_cst);
}

SharedArena::Turn::~Turn() {
  if (region_ && process_ == platform::current_pid()) {
    header_of(*region_).in_use.store(0, std::memory_order_seq_cst);
    lock_.release();
  }
}

SharedArena::Turn SharedArena::take() {
  bool ignored = false;
  lock_.acquire({.owner_died = &ignored});
  return checked_turn();
}

std::optional<SharedArena::Turn> SharedArena::take(const Timeout& timeout) {
  bool ignored = false;
  if (!lock_.acquire({.timeout = timeout, .owner_died = &ignored})) {
    return std::nullopt;
  }
  return checked_turn();
}

// That the last owner of the lock has died is no news by itself: he may have been about to let go.
SharedArena::Turn SharedArena::checked_turn() {
  if (header_of(*region_).in_use.load(std::memory_order_relaxed) != 0) {
    lock_.release();
    throw OwnerDied(
        "a process has ended while it changed the shared containers: they may be half done, until "
        "reset() empties them");
  }
  return {lock_, region_};
}

SharedArena::Turn SharedArena::begin_anew() {
  bool ignored = false;
  lock_.acquire({.owner_died = &ignored});
  return {lock_, region_};
}

std::byte* SharedArena::data() const noexcept {
  return region_->data() + room_of_header;
}

std::size_t SharedArena::size() const noexcept {
  return region_->size() - room_of_header;
}

std::size_t SharedArena::root() const noexcept {
  return header_of(*region_).root;
}

void SharedArena::set_root(std::size_t offset) const noexcept {
  header_of(*region_).root = offset;
}

void SharedArena::save(serial::Writer& writer) const {
  writer.write(lock_);
  save_region(writer, *region_);
}

SharedArena SharedArena::load(serial::Reader& reader) {
  auto lock = reader.read<Lock>();
  auto region = load_region(reader);
  if (region->size() <= room_of_header) {
    reader.fail("shared containers without memory");
  }
  return {std::move(lock), std::move(region)};
}

}  // namespace progeny::multiprocessing::detail
