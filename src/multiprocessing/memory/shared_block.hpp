#pragma once

// Blocks of a heap with a count of their users in all processes.

#include "multiprocessing/memory/region.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace progeny::multiprocessing::detail {

/// A block of shared memory that lives until no process uses it any more.
///
///     | users: 4 bytes, padded to 16 | the bytes of the object ...
///
/// `users` counts the object of the process that made the block, each object that was read from a
/// message, and each message on its way. When it is 0, the maker's heap frees the block.
///
/// A user that is killed, and a message that is never read, stay counted. Then the block stays
/// taken until its maker ends: that costs memory, and nothing else.
///
/// In a forked child the copied objects do not count. Instead, the parent's object counts until the
/// children that it forked meanwhile have ended: see Copies. And `Keeping` makes the parent keep
/// the arguments of a started process until it has seen the end of that.
class SharedBlock : public std::enable_shared_from_this<SharedBlock> {
 public:
  /// The alignment that costs nothing.
  static constexpr std::size_t usual_alignment = 16;
  /// The largest there is.
  static constexpr std::size_t largest_alignment = 4096;

  /// `size` bytes of zeros. Throws as `Heap::allocate`.
  [[nodiscard]] static std::shared_ptr<SharedBlock> make(std::ptrdiff_t size,
                                                         std::size_t alignment = usual_alignment);

  /// Reads what `save` wrote. Throws DecodeError or OSError.
  [[nodiscard]] static std::shared_ptr<SharedBlock> load(serial::Reader& reader,
                                                         std::size_t least,
                                                         std::size_t alignment = usual_alignment);

  /// An object for the same block that counts as a user: `block` itself, or a new one if `block`
  /// came into this process by a fork. The one to be kept for this process's own children.
  [[nodiscard]] static std::shared_ptr<SharedBlock> counted(std::shared_ptr<SharedBlock> block);

  /// Only for the functions above. `place` is the bytes of the object. `made` is the heap's block
  /// around them, if this process has made it.
  SharedBlock(Place place, Place made);
  SharedBlock(const SharedBlock&) = delete;
  SharedBlock& operator=(const SharedBlock&) = delete;
  ~SharedBlock();

  [[nodiscard]] std::byte* data() const noexcept { return place_.region->data() + place_.offset; }
  [[nodiscard]] std::size_t size() const noexcept { return place_.size; }
  [[nodiscard]] const Place& place() const noexcept { return place_; }

  /// Writes it as a part of a message to another process, which is a user from then on.
  void save(serial::Writer& writer) const;
  /// Takes one user away: this object, or a message that will not be received.
  void remove_use() const noexcept;

 private:
  using Users = std::atomic<std::uint32_t>;
  [[nodiscard]] static Users& users_of(const Place& place) noexcept;
  static void give_up(const Place& place, const Place& made) noexcept;

  Place place_;
  Place made_;
  std::uint64_t since_;       ///< As Copies counts.
  std::uint32_t generation_;  ///< Of the process that counts as a user by this object.
};

/// Keeps the blocks that a thread lets go of in a scope. When a process has been started, its
/// arguments are destroyed in the parent; but the shared memory among them must not be used for
/// something else while the child has it.
class Keeping {
 public:
  using Kept = std::vector<std::shared_ptr<SharedBlock>>;

  /// Collects into `kept` (borrowed) from now on.
  explicit Keeping(Kept& kept) noexcept;
  Keeping(const Keeping&) = delete;
  Keeping& operator=(const Keeping&) = delete;
  ~Keeping();

  /// For destructors of objects that refer to a block: keeps the block if this thread is inside
  /// such a scope.
  static void let_go(std::shared_ptr<SharedBlock> block) noexcept;

 private:
  Kept* outer_;
};

}  // namespace progeny::multiprocessing::detail
