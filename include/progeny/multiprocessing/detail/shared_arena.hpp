#pragma once

// The memory of <progeny/multiprocessing/sharedctypes/shared_containers.hpp>, and who may use it.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>
#include <progeny/serial/codec.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace progeny::multiprocessing::detail {

class Region;

/// Memory without a name that processes use in turns, and a mark on it while one does: found by the
/// next one, it tells that the last was ended in the middle.
class PROGENY_EXPORT SharedArena {
 public:
  /// `size` bytes of zeros. Throws `OSError` if there is not so much memory.
  explicit SharedArena(std::size_t size);

  /// The right to use the memory, until it goes.
  class PROGENY_EXPORT Turn {
   public:
    /// Takes over the other's right.
    Turn(Turn&& other) noexcept = default;
    Turn& operator=(Turn&&) = delete;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    /// Ends it. In a forked copy of the process that got it, does nothing.
    ~Turn();

   private:
    friend SharedArena;
    Turn(Lock lock, std::shared_ptr<Region> region);

    Lock lock_;
    std::shared_ptr<Region> region_;  // None if it was moved from.
    int process_;
  };

  /// Waits for the turn. Throws `OwnerDied` if somebody was ended in the middle of his, and nobody
  /// has called `begin_anew` since.
  [[nodiscard]] Turn take();
  /// The same, but nothing after `timeout`.
  [[nodiscard]] std::optional<Turn> take(const Timeout& timeout);
  /// Waits for the turn, whatever the last one did. The memory is as he left it, and is to be
  /// filled anew.
  [[nodiscard]] Turn begin_anew();

  /// The memory, aligned for everything.
  [[nodiscard]] std::byte* data() const noexcept;
  /// How many bytes there are.
  [[nodiscard]] std::size_t size() const noexcept;
  /// Where in the memory the one object is that leads to all others.
  [[nodiscard]] std::size_t root() const noexcept;
  /// Says where; in one's turn.
  void set_root(std::size_t offset) const noexcept;

  /// Writes it as a part of a message to another process.
  void save(serial::Writer& writer) const;
  /// Reads it.
  [[nodiscard]] static SharedArena load(serial::Reader& reader);
  /// A lock, a handle.
  static constexpr std::size_t min_saved_size = serial::detail::min_size<Lock> + 4;

 private:
  SharedArena(Lock lock, std::shared_ptr<Region> region) noexcept;
  [[nodiscard]] Turn checked_turn();

  Lock lock_;
  std::shared_ptr<Region> region_;
};

}  // namespace progeny::multiprocessing::detail
