#pragma once

// The memory of a Value or an Array. Not for users.

#include <progeny/export.hpp>
#include <progeny/serial/codec.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace progeny::multiprocessing::detail {

class SharedBlock;

/// A reference to elements in shared memory. A copy refers to the same elements.
///
/// The words for shared memory, from the outside in:
/// - A region is memory of one OS handle, mapped once per process.
/// - The heap divides regions, which it calls arenas, into blocks. Blocks count their users.
/// - An object is the state of a lock, an event and so on. It fills a block.
/// - A block reference and an object reference are what a `Value` and a `Lock` hold.
/// - A `SharedArena`, the memory of a `Shared` container, is a region of its own, outside the heap.
class PROGENY_EXPORT BlockReference {
 public:
  /// The size and alignment of an element type.
  struct Layout {
    std::size_t size;       ///< Bytes of an element.
    std::size_t alignment;  ///< Alignment of an element, at most 4096.
  };
  /// The layout of `T`.
  template <class T>
  static constexpr Layout layout_of{.size = sizeof(T), .alignment = alignof(T)};

  /// The least size when saved: an OS handle and two numbers.
  static constexpr std::size_t min_size = sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);

  /// Allocates `count` elements whose bytes are all zero.
  /// - Throws: `ValueError` if `count` is negative, `std::overflow_error` if the byte count does
  /// not
  ///   fit a `ptrdiff_t`, `OSError` if memory runs out.
  BlockReference(std::ptrdiff_t count, const Layout& element);

  BlockReference(const BlockReference&) noexcept;
  BlockReference(BlockReference&&) noexcept;
  BlockReference& operator=(const BlockReference&) noexcept;
  BlockReference& operator=(BlockReference&&) noexcept;
  /// Drops this reference.
  ~BlockReference();

  /// The address of the elements in this process.
  [[nodiscard]] void* data() const noexcept { return data_; }
  /// The number of elements.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  /// Writes the reference as a part of a message to another process.
  void save(serial::Writer& writer) const;
  /// Reads what `save` wrote.
  /// - Throws: `DecodeError` if the message is malformed, `OSError` if mapping the memory fails.
  [[nodiscard]] static BlockReference load(serial::Reader& reader, const Layout& element);

 private:
  BlockReference(std::shared_ptr<SharedBlock> block, const Layout& element) noexcept;

  std::shared_ptr<SharedBlock> block_;
  void* data_;
  std::size_t count_;
};

}  // namespace progeny::multiprocessing::detail
