#pragma once

// How Value and Array hold their memory. Not for users.

#include <progeny/export.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace progeny::multiprocessing::detail {

class SharedBlock;

/// A reference to elements in shared memory; a copy refers to the same.
class PROGENY_EXPORT BlockHandle {
 public:
  /// What a type's elements look like.
  struct Layout {
    std::size_t size;       ///< Of an element, in bytes.
    std::size_t alignment;  ///< Of an element; at most 4096.
  };
  template <class T>
  static constexpr Layout layout_of{.size = sizeof(T), .alignment = alignof(T)};

  /// A handle and two numbers.
  static constexpr std::size_t min_size = sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);

  /// Room for `count` elements, all zeros.
  /// - Throws: ValueError for a negative count, std::overflow_error for one that no memory could
  ///   hold, and OSError if there is too little.
  BlockHandle(std::ptrdiff_t count, const Layout& element);

  BlockHandle(const BlockHandle&) noexcept;
  BlockHandle(BlockHandle&&) noexcept;
  BlockHandle& operator=(const BlockHandle&) noexcept;
  BlockHandle& operator=(BlockHandle&&) noexcept;
  /// Lets go of the memory.
  ~BlockHandle();

  /// Where the elements lie in this process.
  [[nodiscard]] void* data() const noexcept { return data_; }
  /// How many there are.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  /// Writes it as a part of a message to another process.
  void save(serial::Writer& writer) const;
  /// Reads it. Throws DecodeError or OSError.
  [[nodiscard]] static BlockHandle load(serial::Reader& reader, const Layout& element);

 private:
  BlockHandle(std::shared_ptr<SharedBlock> block, const Layout& element) noexcept;

  std::shared_ptr<SharedBlock> block_;
  void* data_;
  std::size_t count_;
};

}  // namespace progeny::multiprocessing::detail
