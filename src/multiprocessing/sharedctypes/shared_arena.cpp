// An arena is a lock and a mark in memory:
//
//   lock        in_use   meaning
//   free        0        nobody has a turn
//   taken       0        its owner is about to begin or has just ended a turn
//   taken       1        a turn: the containers may be half changed
//   owner dead  0        the owner died outside its turn: the containers are whole
//   owner dead  1        the owner died in its turn: half changed
//   free        1        the same, after the next owner has thrown OwnerDied: it leaves the mark
//
// So the mark alone decides, not the death of the lock's owner. It stays until `begin_anew` fills
// the memory anew.

#include <progeny/multiprocessing/detail/shared_arena.hpp>

#include "multiprocessing/memory/region.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// The beginning of the memory, zeros at first. Read and written only with the lock, which orders
// the accesses of living processes.
struct Header {
  /// 1 during a turn. A kill can stop the owner at any instruction, so no change of the containers
  /// may move before the store of 1 or after the store of 0. Both stores are sequentially
  /// consistent: on x86-64 that is an exchange, which no other store passes.
  std::atomic<std::uint32_t> in_use{0};
  /// The offset of the container. `reset` writes it in its turn.
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

// The caller holds the lock, which the turn releases.
SharedArena::Turn::Turn(Lock lock, std::shared_ptr<Region> region)
    : lock_(std::move(lock)), region_(std::move(region)), process_(platform::current_pid()) {
  header_of(*region_).in_use.store(1, std::memory_order_seq_cst);
}

// A forked child gets a copy of the turn, but the turn is the parent's.
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

// With the lock. `take` ignores the lock's own report of a death: the owner may have died outside
// its turn, and the mark knows.
SharedArena::Turn SharedArena::checked_turn() {
  if (header_of(*region_).in_use.load(std::memory_order_relaxed) != 0) {
    lock_.release();
    throw OwnerDied(
        "a process ended while it changed the shared containers: they may be half changed until "
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
    reader.fail("shared containers need more memory than this");
  }
  return {std::move(lock), std::move(region)};
}

}  // namespace progeny::multiprocessing::detail
