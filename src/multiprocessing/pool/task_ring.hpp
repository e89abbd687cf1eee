#pragma once

// One direction between a pool and a worker: a ring of bytes in shared memory with one producer and
// one consumer.
//
// Two counters hold the total bytes put and got, and only grow. Pieces lie between them, each
// behind a mark of eight bytes:
//
//          got                        put                    got + capacity
//     ...   | mark piece | mark piece  | free                    |
//
// A piece is there once the producer has stored `put` (release), and free again once the consumer
// has stored `got` (release). So a killed producer leaves a whole piece or none. Unlike a
// SharedRing this one has no locks, as neither side has several users, and so nothing that a dead
// process could hold.
//
//     load (acquire)       pairs with          so that
//     `put` in next        store of `put`      the consumer sees the piece's bytes
//     `got` in try_put     store of `got`      the consumer has read what the producer writes over
//     All other accesses of a counter are its own side's: relaxed.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace progeny::multiprocessing::detail {

/// Puts and gets pieces without waiting. The memory is not trusted: a mark that cannot be is an
/// OSError of the consumer.
class TaskRing {
 public:
  static constexpr std::size_t capacity = std::size_t{1} << 18;
  /// Small enough to be in the cache still when the consumer reads it.
  static constexpr std::size_t largest_piece = std::size_t{16} << 10;

  /// The shared words; zeros are an empty ring.
  struct State {
    alignas(128) std::atomic<std::uint64_t> put{0};  ///< The producer writes it.
    alignas(128) std::atomic<std::uint64_t> got{0};  ///< The consumer writes it.
  };
  struct Piece {
    std::string_view bytes = {};
    bool is_last = true;    ///< Of its message.
    std::uint64_t end = 0;  ///< The value of `got` once it is dropped.
  };

  /// Borrows both. `bytes` has `capacity` bytes.
  TaskRing(State& state, std::byte* bytes) noexcept : state_(state), bytes_(bytes) {}

  /// Puts a piece that consists of `parts`, at most `largest_piece` bytes in all. Returns false if
  /// there is no room.
  [[nodiscard]] bool try_put(std::initializer_list<std::string_view> parts, bool is_last) noexcept;
  /// Whether there is room for a piece of `size` bytes.
  [[nodiscard]] bool has_room(std::size_t size) noexcept;

  /// The next piece, which stays until it is dropped. Throws OSError if the memory is damaged.
  [[nodiscard]] std::optional<Piece> next();
  /// Frees the bytes of the next piece.
  void drop(const Piece& piece) noexcept {
    got_ = piece.end;
    state_.got.store(got_, std::memory_order_release);
  }
  /// Whether there is a piece. For the consumer.
  [[nodiscard]] bool has_piece() const noexcept {
    return got_ != state_.put.load(std::memory_order_acquire);
  }

 private:
  [[nodiscard]] std::size_t needed(std::size_t size) const noexcept;

  State& state_;
  std::byte* bytes_;
  std::uint64_t put_ = 0;    // The producer's, as stored.
  std::uint64_t got_ = 0;    // The consumer's, as stored.
  std::uint64_t other_ = 0;  // What this side last saw of the other's counter.
};

}  // namespace progeny::multiprocessing::detail
