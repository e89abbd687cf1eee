#pragma once

// What lies in front of the bytes in the first piece of a message of a shared pipe. A message that
// is one piece and has no handles, as most do, has nothing there:
//
//     | ticket of its handles (8) | length of the message (8) | bytes ...
//       if it has handles           if it is several pieces

#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/channel/shared_ring.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

namespace progeny::multiprocessing::detail {

/// Throws OSError: what the memory says cannot be.
[[noreturn]] inline void throw_damaged_pipe() {
  throw_os_error(std::errc::bad_message, "the memory of a shared pipe is damaged");
}

/// The two numbers.
struct PieceHead {
  std::uint64_t ticket = 0;  ///< 0: no handles.
  std::uint64_t length = 0;  ///< 0: one piece.

  static constexpr std::size_t number_size = 8;
  using Room = std::array<char, 2 * number_size>;

  /// How many bytes it takes.
  [[nodiscard]] std::size_t size() const noexcept {
    return (ticket != 0 ? number_size : 0) + (length != 0 ? number_size : 0);
  }

  /// Writes it to `room`, and returns it there.
  std::string_view pack(Room& room) const noexcept {
    std::span<char> rest = room;
    for (const std::uint64_t number : {ticket, length}) {
      if (number != 0) {
        write_number(rest.first<number_size>(), number);
        rest = rest.subspan(number_size);
      }
    }
    return {room.data(), size()};
  }

  /// Takes it off the front of a first piece. Throws OSError if the piece is too short.
  static PieceHead unpack(const SharedRing::Marks& marks, std::string_view& bytes) {
    return {.ticket = marks.has_handles ? take_number(bytes) : 0,
            .length = marks.is_last ? bytes.size() : take_number(bytes)};
  }

 private:
  static std::uint64_t take_number(std::string_view& bytes) {
    if (bytes.size() < number_size) {
      throw_damaged_pipe();
    }
    const std::uint64_t number = read_number(bytes.substr(0, number_size));
    bytes.remove_prefix(number_size);
    return number;
  }
};

}  // namespace progeny::multiprocessing::detail
