#pragma once

// The length in front of each message, as Python writes it: 4 bytes, or -1 and 8 bytes, most
// significant first.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace progeny::multiprocessing::detail {

inline constexpr std::size_t short_header = 4;
inline constexpr std::size_t long_length = 8;
inline constexpr std::size_t longest_header = short_header + long_length;
/// In place of a length: the length follows, in 8 bytes.
inline constexpr std::int32_t length_follows = -1;

/// A number of `from.size()` bytes, most significant first.
[[nodiscard]] inline std::uint64_t read_number(std::span<const char> from) noexcept {
  std::uint64_t number = 0;
  for (const char byte : from) {
    number = (number << 8) | static_cast<unsigned char>(byte);
  }
  return number;
}

/// The reverse: fills all of `to`.
inline void write_number(std::span<char> to, std::uint64_t number) noexcept {
  for (std::size_t i = to.size(); i > 0; --i) {
    to[i - 1] = static_cast<char>(number & 0xff);
    number >>= 8;
  }
}

/// Writes the header of a message of `length` bytes, and returns how long the header is.
inline std::size_t write_header(std::span<char, longest_header> to, std::uint64_t length) noexcept {
  if (length <= std::numeric_limits<std::int32_t>::max()) {
    write_number(to.first<short_header>(), length);
    return short_header;
  }
  write_number(to.first<short_header>(), static_cast<std::uint32_t>(length_follows));
  write_number(to.last<long_length>(), length);
  return longest_header;
}

}  // namespace progeny::multiprocessing::detail
