#include "multiprocessing/channel/shared_ring.hpp"

#include "multiprocessing/memory/record_mark.hpp"
#include "platform/system/processor.hpp"

#include <progeny/base/errors.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <system_error>

namespace progeny::multiprocessing::detail {

namespace {

// Flags of a piece, in its mark.
constexpr std::uint64_t is_piece = mark_flag(0);
constexpr std::uint64_t is_first = mark_flag(1);
constexpr std::uint64_t is_last = mark_flag(2);
constexpr std::uint64_t has_handles = mark_flag(3);
// No piece: the rest of the ring is skipped, as the next piece did not fit there in one.
constexpr std::uint64_t is_skip = mark_flag(4);

constexpr std::size_t size_in_ring(std::size_t size) noexcept {
  return mark_size + aligned(size);
}

constexpr std::size_t offset_of(std::uint64_t position) noexcept {
  return position % SharedRing::capacity;
}

[[noreturn]] void throw_damaged() {
  throw OSError(std::make_error_code(std::errc::bad_message),
                "the memory of a shared pipe is damaged");
}

}  // namespace

// Bytes that a piece of `size` bytes takes, with the rest of the ring if the piece does not fit
// there: a piece lies in one, so that the receiver can copy it in one.
std::size_t SharedRing::needed(std::uint64_t put, std::size_t size) const noexcept {
  const std::size_t rest = capacity - offset_of(put);
  const std::size_t whole = size_in_ring(size);
  return whole <= rest ? whole : rest + whole;
}

bool SharedRing::has_room(std::size_t size) const noexcept {
  const std::uint64_t put = state_.put.load(std::memory_order_relaxed);
  const std::uint64_t got = state_.got.load(std::memory_order_acquire);
  return needed(put, size) <= capacity - (put - got);
}

// Looks at the receivers' counter only if what was last seen of it leaves too little room.
bool SharedRing::is_free(std::uint64_t put, std::size_t size) noexcept {
  if (size <= capacity - (put - state_.got_seen.load(std::memory_order_relaxed))) {
    return true;
  }
  look_as_sender();
  return size <= capacity - (put - state_.got_seen.load(std::memory_order_relaxed));
}

bool SharedRing::try_put(std::initializer_list<std::string_view> parts,
                         const Marks& marks) noexcept {
  std::size_t size = 0;
  for (const std::string_view part : parts) {
    size += part.size();
  }
  std::uint64_t put = state_.put.load(std::memory_order_relaxed);
  const std::size_t room = needed(put, size);
  if (!is_free(put, room)) {
    return false;
  }
  const std::size_t whole = size_in_ring(size);
  if (room != whole) {
    write_mark(bytes_ + offset_of(put), is_skip);
    put += room - whole;
  }
  write_piece(put,
              size | is_piece | (marks.is_first ? is_first : 0) | (marks.is_last ? is_last : 0) |
                  (marks.has_handles ? has_handles : 0),
              parts);
  state_.put.store(put + whole, std::memory_order_release);
  fetch_ahead(put + whole, whole);
  return true;
}

void SharedRing::write_piece(std::uint64_t position,
                             std::uint64_t mark,
                             std::initializer_list<std::string_view> parts) noexcept {
  std::byte* place = bytes_ + offset_of(position);
  write_mark(place, mark);
  place += mark_size;
  for (const std::string_view part : parts) {
    if (!part.empty()) {
      std::memcpy(place, part.data(), part.size());
      place += part.size();
    }
  }
}

// The bytes to write over next are in the cache of the receiver's processor, which read them last.
// Fetching them while a small piece is put halves the time that the next one takes. Large pieces
// gain nothing.
void SharedRing::fetch_ahead(std::uint64_t position, std::size_t size) const noexcept {
  constexpr std::size_t largest_to_fetch = 512;
  constexpr std::size_t ahead = 128;
  const std::size_t offset = offset_of(position) + ahead;
  if (size <= largest_to_fetch && size <= capacity - offset) {
    platform::fetch_to_write({bytes_ + offset, size});
  }
}

std::uint64_t SharedRing::mark_at(std::uint64_t position) const noexcept {
  return read_mark(bytes_ + offset_of(position));
}

// Looks at the senders' counter only if what was last seen of it leaves no piece. Every number
// read from the memory is checked, so that no access leaves the ring.
std::optional<SharedRing::Piece> SharedRing::next() const {
  std::uint64_t got = state_.got.load(std::memory_order_relaxed);
  std::uint64_t put = state_.put_seen.load(std::memory_order_relaxed);
  if (put == got) {
    put = state_.put.load(std::memory_order_acquire);
    state_.put_seen.store(put, std::memory_order_relaxed);
    if (put == got) {
      return std::nullopt;
    }
  }
  if (put - got > capacity || put % mark_size != 0 || got % mark_size != 0) {
    throw_damaged();
  }
  std::uint64_t mark = mark_at(got);
  if (mark == is_skip) {
    got += capacity - offset_of(got);
    mark = mark_at(got);
  }
  const std::size_t size = mark & mask_of_length;
  const std::uint64_t end = got + size_in_ring(size);
  if ((mark & is_piece) == 0 || size > largest_piece || got > put || end - got > put - got ||
      size_in_ring(size) > capacity - offset_of(got)) {
    throw_damaged();
  }
  return Piece{.bytes = {reinterpret_cast<const char*>(bytes_ + offset_of(got) + mark_size), size},
               .marks = {.is_first = (mark & is_first) != 0,
                         .is_last = (mark & is_last) != 0,
                         .has_handles = (mark & has_handles) != 0},
               .end = end};
}

void SharedRing::drop(const Piece& piece) noexcept {
  state_.got.store(piece.end, std::memory_order_release);
}

void SharedRing::look_as_sender() noexcept {
  state_.got_seen.store(state_.got.load(std::memory_order_acquire), std::memory_order_relaxed);
}

void SharedRing::look_as_receiver() noexcept {
  state_.put_seen.store(state_.put.load(std::memory_order_acquire), std::memory_order_relaxed);
}

bool SharedRing::has_piece() const noexcept {
  return state_.got.load(std::memory_order_relaxed) != state_.put.load(std::memory_order_acquire);
}

}  // namespace progeny::multiprocessing::detail
