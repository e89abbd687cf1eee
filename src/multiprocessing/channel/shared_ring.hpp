#pragma once

// One direction of a shared pipe: a ring of bytes in shared memory.
//
// Two counters hold the total bytes put and got. They only grow; the place of a byte in the ring is
// its number modulo the capacity. Pieces lie between them, each behind its mark (record_mark.hpp):
//
//          got                          put                       got + capacity
//           |                            |                               |
//     ...   | mark piece | mark piece    | free                          |
//
// A piece is in one of these states, and one store takes it to the next:
//
//     free          ->  being written     nothing is stored: the bytes lie beyond `put`
//     being written ->  there             the sender stores `put` (release)
//     there         ->  free              the receiver stores `got` (release)
//
// So a killed sender leaves a whole piece or none, and a killed receiver leaves the piece for the
// next one. A message is one piece, or several if it is long: the receiver then copies the first
// while the sender writes the next. A killed sender may leave the first pieces of a message without
// the last. The next piece is then the first of another message, which tells the receiver.
//
//     load (acquire)                    pairs with            so that
//     `put` in next, has_piece          store of `put`        the receiver sees the piece's bytes
//     `got` in try_put, has_room        store of `got`        the receiver has copied what the
//                                                             sender writes over
//     `put` relaxed by senders, `got` relaxed by receivers: only the owner of a side's lock changes
//     the counter of that side, and the lock hands it on.

#include "multiprocessing/memory/bell.hpp"
#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/memory/sleepers.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace progeny::multiprocessing::detail {

/// Puts and gets pieces. Both wait for nothing; SharedChannel does.
///
/// Putting needs the senders' lock, getting the receivers'. The memory is not trusted: a mark that
/// cannot be is an OSError.
class SharedRing {
 public:
  static constexpr std::size_t capacity = std::size_t{1} << 20;
  /// Small enough to be in the cache of the sender's processor still when the receiver reads it.
  static constexpr std::size_t largest_piece = std::size_t{16} << 10;
  /// The room that a sender without room waits for: waking it for each piece would cost more than
  /// the piece.
  static constexpr std::size_t worthwhile_room = capacity / 4;

  /// The shared words of a ring; zeros are an empty one. Each side's words have cache lines of
  /// their own, as a line that one side writes and the other reads moves between their processors
  /// for each piece. 128 bytes, as processors fetch lines of 64 in pairs.
  // NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): see above.
  struct State {
    /// Guards the words up to `put`, and the free bytes.
    alignas(128) RobustLock send_lock;
    /// What the senders last saw of `got`. Saves them the receivers' line while there is room.
    std::atomic<std::uint64_t> got_seen{0};
    /// The number of messages with handles that were begun.
    std::atomic<std::uint64_t> tickets{0};
    /// Total bytes put. Senders write it, receivers read it.
    alignas(128) std::atomic<std::uint64_t> put{0};

    /// Guards the words up to `got`.
    alignas(128) RobustLock receive_lock;
    /// What the receivers last saw of `put`. Saves them the senders' line while pieces are left.
    std::atomic<std::uint64_t> put_seen{0};
    /// Total bytes got. Receivers write it, senders read it.
    alignas(128) std::atomic<std::uint64_t> got{0};

    /// Receivers that wait for a piece; senders ring.
    alignas(128) Sleepers receivers;
    /// Senders that wait for room; receivers ring.
    alignas(128) Sleepers senders;
    /// Both sides read it for each piece, and seldom write it.
    alignas(128) PollFlag is_polled{0};
  };

  /// What a piece is to its message.
  struct Marks {
    bool is_first = true;
    bool is_last = true;
    bool has_handles = false;
  };
  /// A piece, as it lies in the ring.
  struct Piece {
    std::string_view bytes = {};
    Marks marks = {};
    std::uint64_t end = 0;  ///< The value of `got` once it is dropped.
  };

  /// Borrows both. `bytes` has `capacity` bytes.
  SharedRing(State& state, std::byte* bytes) noexcept : state_(state), bytes_(bytes) {}

  [[nodiscard]] State& state() const noexcept { return state_; }

  /// Puts a piece that consists of `parts`, at most `largest_piece` bytes in all. Returns false if
  /// there is no room.
  [[nodiscard]] bool try_put(std::initializer_list<std::string_view> parts,
                             const Marks& marks) noexcept;
  /// Whether there is room for a piece of `size` bytes.
  [[nodiscard]] bool has_room(std::size_t size) const noexcept;

  /// The next piece, which stays in the ring until it is dropped. Throws OSError if the memory is
  /// damaged.
  [[nodiscard]] std::optional<Piece> next() const;
  /// Frees the bytes of the next piece.
  void drop(const Piece& piece) noexcept;

  /// To be called by a member that got a side's lock from a dead owner. The owner did not release
  /// the lock, so its acquire loads of the other side's counter order nothing for this member.
  void look_as_sender() noexcept;
  void look_as_receiver() noexcept;

  /// Whether there is a piece. Needs no lock.
  [[nodiscard]] bool has_piece() const noexcept;
  /// Whether another piece is known to follow `piece`.
  [[nodiscard]] bool has_more(const Piece& piece) const noexcept {
    return state_.put_seen.load(std::memory_order_relaxed) != piece.end;
  }

 private:
  [[nodiscard]] std::size_t needed(std::uint64_t put, std::size_t size) const noexcept;
  [[nodiscard]] bool is_free(std::uint64_t put, std::size_t size) noexcept;
  void write_piece(std::uint64_t position,
                   std::uint64_t mark,
                   std::initializer_list<std::string_view> parts) noexcept;
  [[nodiscard]] std::uint64_t mark_at(std::uint64_t position) const noexcept;
  void fetch_ahead(std::uint64_t position, std::size_t size) const noexcept;

  State& state_;
  std::byte* bytes_;
};

}  // namespace progeny::multiprocessing::detail
