#pragma once

// Blocks of a heap, counted by all processes that use them.

#include "multiprocessing/memory/region.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace progeny::multiprocessing::detail {

/// A block that processes share, until none uses it any more.
///
/// Before its bytes lies the number of its users: the object of the process that made it is one, so
/// is each object that was read from a message, and each message on its way. The maker's heap gets
/// the block back when there are none. A user that is killed, and a message that nobody reads, stay
/// counted, so that the block stays taken until the process that made it ends: that costs memory,
/// and hurts nobody.
///
/// In a copy of the process by `fork` the copied objects do not count: `Keeping` has the parent
/// keep its own as long as a `Process` may need it.
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

  /// An object that counts as a user, also if this process has got `block` by being a copy: the one
  /// to be kept for a copy of the copy.
  [[nodiscard]] static std::shared_ptr<SharedBlock> counted(std::shared_ptr<SharedBlock> block);

  /// Only for the functions above: the bytes that are used, and the heap's block around them if
  /// this process has made it.
  SharedBlock(Place place, Place made) noexcept;
  SharedBlock(const SharedBlock&) = delete;
  SharedBlock& operator=(const SharedBlock&) = delete;
  ~SharedBlock();

  [[nodiscard]] std::byte* data() const noexcept { return place_.region->data() + place_.offset; }
  [[nodiscard]] std::size_t size() const noexcept { return place_.size; }
  [[nodiscard]] const Place& place() const noexcept { return place_; }

  /// Writes it as a part of a message to another process, which is a user from then on.
  void save(serial::Writer& writer) const;
  /// The message will not be received.
  void remove_use() const noexcept;

 private:
  using Users = std::atomic<std::uint32_t>;
  [[nodiscard]] Users& users() const noexcept;

  Place place_;
  Place made_;
  std::uint32_t generation_;  ///< Of the process that counts as a user by this object.
};

/// Collects what a thread lets go of, so that it lives on: the arguments of a process that has been
/// started are gone from its parent, but the shared memory among them must not be reused under it.
class Keeping {
 public:
  using Kept = std::vector<std::shared_ptr<SharedBlock>>;

  /// From now on into `kept`.
  explicit Keeping(Kept& kept) noexcept;
  Keeping(const Keeping&) = delete;
  Keeping& operator=(const Keeping&) = delete;
  ~Keeping();

  /// For destructors of what refers to a block: has it live on if this thread is inside of one.
  static void let_go(std::shared_ptr<SharedBlock> block) noexcept;

 private:
  Kept* outer_;
};

}  // namespace progeny::multiprocessing::detail
