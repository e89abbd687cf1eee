#pragma once

// The memory behind <progeny/multiprocessing/sharedctypes/shared_containers.hpp>, which processes
// use in turns. Not for users.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>
#include <progeny/serial/codec.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace progeny::multiprocessing::detail {

class Region;

/// Shared memory without a name that processes use in turns.
///
/// A turn marks the memory as in use and clears the mark at its end. If the next turn finds the
/// mark, the previous process died in the middle and the content may be half changed.
///
/// - Threads: safe.
class PROGENY_EXPORT SharedArena {
 public:
  /// Makes `size` bytes of zeros.
  /// - Throws: `OSError` if memory runs out.
  explicit SharedArena(std::size_t size);

  /// The exclusive right to use the memory, from construction to destruction.
  class PROGENY_EXPORT Turn {
   public:
    /// Takes over the right of `other`.
    Turn(Turn&& other) noexcept = default;
    Turn& operator=(Turn&&) = delete;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    /// Ends the turn. Does nothing in a forked child, because the parent still has the turn.
    ~Turn();

   private:
    friend SharedArena;
    Turn(Lock lock, std::shared_ptr<Region> region);

    Lock lock_;
    std::shared_ptr<Region> region_;  // Null after a move.
    int process_;                     // The process that took the turn.
  };

  /// Waits for a turn.
  /// - Throws: `OwnerDied` if a process died during its turn and `begin_anew` was not called since.
  /// - Blocks: while another thread or process has a turn.
  [[nodiscard]] Turn take();
  /// Waits for a turn, at most `timeout`.
  /// - Returns: nothing if the time was up.
  /// - Throws: as `take()`.
  /// - Blocks: at most `timeout`.
  [[nodiscard]] std::optional<Turn> take(const Timeout& timeout);
  /// Waits for a turn and accepts half changed memory. The caller must fill the memory anew.
  /// - Blocks: while another thread or process has a turn.
  [[nodiscard]] Turn begin_anew();

  /// The memory, aligned to 64 bytes.
  [[nodiscard]] std::byte* data() const noexcept;
  /// The number of bytes.
  [[nodiscard]] std::size_t size() const noexcept;
  /// The offset of the root object, from which all others are reached.
  [[nodiscard]] std::size_t root() const noexcept;
  /// Sets the offset of the root object. Only during a turn.
  void set_root(std::size_t offset) const noexcept;

  /// Writes a reference to the arena as a part of a message to another process.
  void save(serial::Writer& writer) const;
  /// Reads what `save` wrote.
  /// - Throws: `DecodeError` if the message is malformed, `OSError` if mapping the memory fails.
  [[nodiscard]] static SharedArena load(serial::Reader& reader);
  /// The least size of a saved arena: a lock and an OS handle.
  static constexpr std::size_t min_saved_size = serial::detail::min_size<Lock> + 4;

 private:
  SharedArena(Lock lock, std::shared_ptr<Region> region) noexcept;
  [[nodiscard]] Turn checked_turn();

  Lock lock_;
  std::shared_ptr<Region> region_;
};

}  // namespace progeny::multiprocessing::detail
