#include "multiprocessing/pool/task_ring.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <system_error>

namespace progeny::multiprocessing::detail {

namespace {

constexpr std::size_t mark_size = 8;
constexpr std::uint64_t is_piece = std::uint64_t{1} << 32;
constexpr std::uint64_t is_last_piece = std::uint64_t{1} << 33;
constexpr std::uint64_t is_skip = std::uint64_t{1} << 34;
constexpr std::uint64_t mask_of_size = is_piece - 1;

constexpr std::size_t offset_of(std::uint64_t position) noexcept {
  return position % TaskRing::capacity;
}

constexpr std::size_t size_in_ring(std::size_t size) noexcept {
  return mark_size + (size + mark_size - 1) / mark_size * mark_size;
}

[[noreturn]] void throw_damaged() {
  throw OSError(std::make_error_code(std::errc::bad_message),
                "the memory between a pool and its worker is damaged");
}

}  // namespace

// A piece lies in one stretch. What is left at the end of the ring is skipped if it is too short.
std::size_t TaskRing::needed(std::size_t size) const noexcept {
  const std::size_t whole = size_in_ring(size);
  const std::size_t left = capacity - offset_of(put_);
  return whole <= left ? whole : left + whole;
}

bool TaskRing::has_room(std::size_t size) noexcept {
  const std::size_t room = needed(size);
  if (room <= capacity - (put_ - other_)) {
    return true;
  }
  other_ = state_.got.load(std::memory_order_acquire);
  return room <= capacity - std::min<std::uint64_t>(put_ - other_, capacity);
}

bool TaskRing::try_put(std::initializer_list<std::string_view> parts, bool is_last) noexcept {
  std::size_t size = 0;
  for (const std::string_view part : parts) {
    size += part.size();
  }
  if (!has_room(size)) {
    return false;
  }
  const std::size_t skipped = needed(size) - size_in_ring(size);
  if (skipped != 0) {
    std::memcpy(bytes_ + offset_of(put_), &is_skip, mark_size);
    put_ += skipped;
  }
  const std::uint64_t mark = size | is_piece | (is_last ? is_last_piece : 0);
  std::byte* place = bytes_ + offset_of(put_);
  std::memcpy(place, &mark, mark_size);
  place += mark_size;
  for (const std::string_view part : parts) {
    if (!part.empty()) {
      std::memcpy(place, part.data(), part.size());
      place += part.size();
    }
  }
  put_ += size_in_ring(size);
  state_.put.store(put_, std::memory_order_release);
  return true;
}

// Looks at the producer's counter only if what was last seen of it leaves no piece.
std::optional<TaskRing::Piece> TaskRing::next() {
  if (other_ == got_) {
    other_ = state_.put.load(std::memory_order_acquire);
    if (other_ == got_) {
      return std::nullopt;
    }
  }
  const std::uint64_t there = other_ - got_;
  if (there > capacity || there % mark_size != 0) {
    throw_damaged();
  }
  std::uint64_t begin = got_;
  std::uint64_t mark = 0;
  std::memcpy(&mark, bytes_ + offset_of(begin), mark_size);
  if (mark == is_skip) {
    begin += capacity - offset_of(begin);
    std::memcpy(&mark, bytes_, mark_size);
  }
  const std::size_t size = mark & mask_of_size;
  if ((mark & is_piece) == 0 || size > largest_piece || begin + size_in_ring(size) - got_ > there ||
      size_in_ring(size) > capacity - offset_of(begin)) {
    throw_damaged();
  }
  const auto* text = reinterpret_cast<const char*>(bytes_ + offset_of(begin) + mark_size);
  return Piece{.bytes = {text, size},
               .is_last = (mark & is_last_piece) != 0,
               .end = begin + size_in_ring(size)};
}

}  // namespace progeny::multiprocessing::detail
