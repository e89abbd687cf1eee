#pragma once

// The memory of a Value or an Array. Not for users.

#include <progeny/export.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace progeny::multiprocessing::detail {

class SharedBlock;

/// A reference-counted handle of elements in shared memory. A copy refers to the same elements.
///
/// It adds the element type's layout to a `SharedBlock`, which is the counted piece of the heap.
class PROGENY_EXPORT BlockHandle {
 public:
  /// The size and alignment of an element type.
  struct Layout {
    std::size_t size;       ///< Bytes of an element.
    std::size_t alignment;  ///< Alignment of an element, at most 4096.
  };
  /// The layout of `T`.
  template <class T>
  static constexpr Layout layout_of{.size = sizeof(T), .alignment = alignof(T)};

  /// The least size of a saved handle: an OS handle and two numbers.
  static constexpr std::size_t min_size = sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);

  /// Allocates `count` elements whose bytes are all zero.
  /// - Throws: `ValueError` if `count` is negative, `std::overflow_error` if the byte count does
  /// not
  ///   fit a `ptrdiff_t`, `OSError` if memory runs out.
  BlockHandle(std::ptrdiff_t count, const Layout& element);

  BlockHandle(const BlockHandle&) noexcept;
  BlockHandle(BlockHandle&&) noexcept;
  BlockHandle& operator=(const BlockHandle&) noexcept;
  BlockHandle& operator=(BlockHandle&&) noexcept;
  /// Drops this reference.
  ~BlockHandle();

  /// The address of the elements in this process.
  [[nodiscard]] void* data() const noexcept { return data_; }
  /// The number of elements.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  /// Writes the handle as a part of a message to another process.
  void save(serial::Writer& writer) const;
  /// Reads what `save` wrote.
  /// - Throws: `DecodeError` if the message is malformed, `OSError` if mapping the memory fails.
  [[nodiscard]] static BlockHandle load(serial::Reader& reader, const Layout& element);

 private:
  BlockHandle(std::shared_ptr<SharedBlock> block, const Layout& element) noexcept;

  std::shared_ptr<SharedBlock> block_;
  void* data_;
  std::size_t count_;
};

}  // namespace progeny::multiprocessing::detail
