#pragma once

// The word in front of each record in shared memory: in a queue's log, and in the ring of a pipe.

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace progeny::multiprocessing::detail {

// Records lie one behind the other, each at a multiple of 8:
//
//     | mark: 8 bytes          | length bytes | up to 7 bytes of padding | next mark ...
//       bits 0..31   length
//       bits 32..63  flags of the structure that the record lies in
inline constexpr std::size_t mark_size = 8;
inline constexpr std::uint64_t mask_of_length = 0xffffffff;

/// The bit of a mark for flag number `flag`, from 0.
[[nodiscard]] constexpr std::uint64_t mark_flag(unsigned flag) noexcept {
  constexpr unsigned bits_of_length = 32;
  return std::uint64_t{1} << (bits_of_length + flag);
}

/// Bytes that a record of this length takes behind its mark.
[[nodiscard]] constexpr std::size_t aligned(std::size_t length) noexcept {
  return (length + mark_size - 1) / mark_size * mark_size;
}

/// A mark is no atomic: the store that moves the end of the log or ring publishes it.
[[nodiscard]] inline std::uint64_t read_mark(const std::byte* place) noexcept {
  std::uint64_t mark = 0;
  std::memcpy(&mark, place, mark_size);
  return mark;
}

inline void write_mark(std::byte* place, std::uint64_t mark) noexcept {
  std::memcpy(place, &mark, mark_size);
}

}  // namespace progeny::multiprocessing::detail
