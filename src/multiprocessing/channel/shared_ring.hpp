#pragma once

// One direction of a shared pipe: a ring of shared memory.

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

/// Pieces of messages, one behind the other. A message that is not too long is one piece; a longer
/// one is several, so that the receiver copies while the sender does.
///
/// Two words count the bytes that were ever put and got. Who puts writes beyond the one, then moves
/// it by a single store; who gets reads from the other on, then moves that. So a piece of somebody
/// who is killed is there or not. Of a longer message the first pieces may be there, and no last:
/// then another first one follows them.
///
/// Putting needs the lock of the senders, getting that of the receivers. What lies in the memory is
/// not trusted: a length that cannot be is an OSError.
class SharedRing {
 public:
  static constexpr std::size_t capacity = std::size_t{1} << 20;
  /// Still in the caches of the sender's processor when the receiver reads it.
  static constexpr std::size_t largest_piece = std::size_t{16} << 10;
  /// What a sender who had no room waits for, so that he is not woken for each piece that was got.
  static constexpr std::size_t worthwhile_room = capacity / 4;

  /// What the two sides share. Zeros are an empty ring. What one side writes for each piece must
  /// not lie beside what the other one looks at: the line would go to and fro. Lines are fetched in
  /// pairs.
  // NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): each side has its own cache lines.
  struct State {
    alignas(128) RobustLock send_lock;
    std::atomic<std::uint64_t> got_seen{0};
    std::atomic<std::uint64_t> tickets{0};  ///< Messages that came with handles.
    alignas(128) std::atomic<std::uint64_t> put{0};

    alignas(128) RobustLock receive_lock;
    std::atomic<std::uint64_t> put_seen{0};
    alignas(128) std::atomic<std::uint64_t> got{0};

    alignas(128) Sleepers receivers;
    alignas(128) Sleepers senders;
    /// Both sides look at it for each piece, and seldom write.
    alignas(128) PollFlag is_polled{0};
  };

  /// What is to be known of a piece.
  struct Marks {
    bool is_first = true;
    bool is_last = true;
    bool has_handles = false;
  };
  /// The next piece, as it lies in the ring.
  struct Piece {
    std::string_view bytes = {};
    Marks marks = {};
    std::uint64_t end = 0;
  };

  SharedRing(State& state, std::byte* bytes) noexcept : state_(state), bytes_(bytes) {}

  [[nodiscard]] State& state() const noexcept { return state_; }

  /// Puts a piece that consists of these parts, of `largest_piece` bytes at most, if there is room.
  [[nodiscard]] bool try_put(std::initializer_list<std::string_view> parts,
                             const Marks& marks) noexcept;
  /// Whether there is room for a piece of this size.
  [[nodiscard]] bool has_room(std::size_t size) const noexcept;

  /// The next piece, which stays there until it is dropped. Throws OSError if it cannot be one.
  [[nodiscard]] std::optional<Piece> next() const;
  void drop(const Piece& piece) noexcept;
  /// To be called by who has the lock of a side from one who died: what that one saw of the other
  /// side was not handed over with the lock.
  void look_as_sender() noexcept;
  void look_as_receiver() noexcept;
  /// Whether there is one.
  [[nodiscard]] bool has_piece() const noexcept;
  /// Whether another is known to be behind this one.
  [[nodiscard]] bool has_more(const Piece& piece) const noexcept {
    return state_.put_seen.load(std::memory_order_relaxed) != piece.end;
  }

 private:
  [[nodiscard]] std::size_t needed(std::uint64_t put, std::size_t size) const noexcept;
  [[nodiscard]] std::uint64_t mark_at(std::uint64_t position) const noexcept;
  void fetch_ahead(std::uint64_t position, std::size_t size) const noexcept;

  State& state_;
  std::byte* bytes_;
};

}  // namespace progeny::multiprocessing::detail
