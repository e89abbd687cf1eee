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

/// What the first bytes of a message say.
struct Header {
  enum class State : std::uint8_t { complete, cut, negative, impossible };
  State state = State::cut;
  std::uint64_t length = 0;  ///< Of the message behind the header.
  std::size_t size = 0;      ///< Of the header.
};

/// Reads the header at the beginning of `bytes`.
[[nodiscard]] inline Header read_header(std::span<const char> bytes) noexcept {
  if (bytes.size() < short_header) {
    return {};
  }
  const std::uint64_t first = read_number(bytes.first(short_header));
  if (first <= std::numeric_limits<std::int32_t>::max()) {
    return {.state = Header::State::complete, .length = first, .size = short_header};
  }
  if (static_cast<std::int32_t>(first) != length_follows) {
    return {.state = Header::State::negative};
  }
  if (bytes.size() < longest_header) {
    return {};
  }
  const std::uint64_t length = read_number(bytes.subspan(short_header, long_length));
  const bool fits = length <= std::numeric_limits<std::ptrdiff_t>::max();
  return {.state = fits ? Header::State::complete : Header::State::impossible,
          .length = length,
          .size = longest_header};
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
