#pragma once

// How a message lies on the wire, as in Python: its length, then its bytes. Lengths are signed, and
// most significant byte first.
//
//     | length (4) | bytes ... |                    up to 2^31 - 1 bytes
//     | -1 (4) | length (8) | bytes ... |           longer ones

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace progeny::multiprocessing::detail {

inline constexpr std::size_t short_header = 4;
inline constexpr std::size_t long_length = 8;
inline constexpr std::size_t longest_header = short_header + long_length;
/// The most that a message has in front of its body, besides the header.
inline constexpr std::size_t longest_prefix = 16;
/// In place of a short length: a long one follows.
inline constexpr std::int32_t length_follows = -1;

/// The most memory that a receiver takes before as many bytes have arrived: a length is only what
/// the peer says.
inline constexpr std::size_t first_reserve = std::size_t{1} << 20;

/// Reads a number of `from.size()` bytes, most significant first.
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
  enum class State : std::uint8_t {
    complete,
    cut,         ///< More bytes are needed.
    negative,    ///< No length.
    impossible,  ///< A length that no memory holds.
  };
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

/// Why no message can follow this header, of which all bytes have come; null if one can.
[[nodiscard]] constexpr const char* fault_of(const Header& header) noexcept {
  switch (header.state) {
    case Header::State::complete:
      break;
    case Header::State::cut:
      return "a packet ends in the middle of a length";
    case Header::State::negative:
      return "negative message length";
    case Header::State::impossible:
      return "impossible message length";
  }
  return nullptr;
}

/// Writes the header of a message of `length` bytes, and returns the header's size.
inline std::size_t write_header(std::span<char, longest_header> to, std::uint64_t length) noexcept {
  if (length <= std::numeric_limits<std::int32_t>::max()) {
    write_number(to.first<short_header>(), length);
    return short_header;
  }
  write_number(to.first<short_header>(), static_cast<std::uint32_t>(length_follows));
  write_number(to.last<long_length>(), length);
  return longest_header;
}

/// The first bytes of a message on its way out: the header, the prefix, and as much of the body as
/// was joined. Sent together they need one system call, and over a pipe no other process can write
/// into the middle of them (PIPE_BUF, pipe(7)).
class FrameFront {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled as far as it is used.
  FrameFront(std::string_view prefix, std::size_t body_size) noexcept
      : size_(write_header(std::span(bytes_).first<longest_header>(), prefix.size() + body_size)) {
    append(prefix);
  }

  [[nodiscard]] std::string_view text() const noexcept { return {bytes_.data(), size_}; }
  [[nodiscard]] bool has_room_for(std::size_t size) const noexcept {
    return size <= bytes_.size() - size_;
  }
  /// Appends what fits of the body, and returns the rest of it.
  [[nodiscard]] std::string_view join(std::string_view body) noexcept {
    const std::size_t joined = std::min(body.size(), bytes_.size() - size_);
    append(body.substr(0, joined));
    return body.substr(joined);
  }

 private:
  static constexpr std::size_t capacity = 4096;  // PIPE_BUF of Linux.

  void append(std::string_view text) noexcept {
    std::ranges::copy(text, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += text.size();
  }

  std::array<char, capacity> bytes_;
  std::size_t size_;
};

}  // namespace progeny::multiprocessing::detail
