#pragma once

// An array that several processes share, without a lock: Python's `multiprocessing.RawArray`. For
// an array with a lock see <progeny/multiprocessing/sharedctypes/array.hpp>.

#include <progeny/detail/ranges.hpp>
#include <progeny/multiprocessing/detail/block_reference.hpp>
#include <progeny/multiprocessing/detail/shared_type.hpp>
#include <progeny/multiprocessing/sharedctypes/slice.hpp>
#include <progeny/serial.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace progeny::multiprocessing::detail {

/// A range of known length from which an array of `T` can be filled. Arrays are excluded because a
/// string literal is text: its final NUL is not an element.
template <class Range, class T>
concept ElementsFor = std::ranges::forward_range<const Range> && !std::is_array_v<Range> &&
                      StorableIn<std::ranges::range_value_t<const Range>, T>;

}  // namespace progeny::multiprocessing::detail

namespace progeny::multiprocessing::sharedctypes {

/// An array in shared memory, without a lock. An access costs what a memory access costs, and the
/// caller must synchronise the processes.
///
/// Objects are references, as in Python. A copy is the same array, even in another process that
/// received it as an argument of `Process` or over a local connection. The memory has no name. It
/// is reused once no process refers to the array any more. If a process is killed while it refers
/// to the array, the memory stays in use until the process that made it ends.
///
/// `T` is any trivially copyable type except a pointer. The array is a contiguous range. It is
/// aligned for `T` and to at least 16 bytes, so that `std::atomic_ref(a[0])` works.
///
/// - Python: `multiprocessing.sharedctypes.RawArray`. Differs: types are those of C++;
///   `typecode<'i'>` names the one that Python calls `'i'`. Storing a fraction as a whole number
///   does not compile; whole numbers wrap.
/// - Threads: as a plain array.
/// - Platforms: Linux.
/// - Example: examples/multiprocessing/value_array.cpp
template <detail::SharedType T>
class RawArray {
 public:
  /// The type of an element.
  using value_type = T;
  /// Visits the elements in order.
  using iterator = T*;

  /// Makes an array of `size` elements whose bytes are all zero.
  /// - Throws: `ValueError` if `size` is negative, `std::overflow_error` if the byte count does not
  ///   fit a `ptrdiff_t`, `OSError` if memory runs out.
  explicit RawArray(std::ptrdiff_t size) : block_(size, detail::BlockReference::layout_of<T>) {}
  /// Makes an array with a copy of `values`.
  /// - Throws: as the constructor above.
  template <detail::ElementsFor<T> Range>
  explicit RawArray(const Range& values) : RawArray(std::ranges::distance(values)) {
    fill(values);
  }
  /// Makes an array with a copy of `values`: `RawArray<int>{1, 2, 3}`.
  RawArray(std::initializer_list<T> values) : RawArray(std::span<const T>(values)) {}
  /// Makes an array of the characters of `text`, without a NUL at the end.
  explicit RawArray(std::basic_string_view<T> text)
    requires detail::TextElement<T>
      : RawArray(std::span<const T>(text)) {}

  /// The number of elements.
  [[nodiscard]] std::size_t size() const noexcept { return block_.count(); }
  /// Whether there is no element.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The address of the elements in this process.
  [[nodiscard]] T* data() const noexcept { return static_cast<T*>(block_.data()); }
  /// Points to the first element.
  [[nodiscard]] T* begin() const noexcept { return data(); }
  /// Points past the last element.
  [[nodiscard]] T* end() const noexcept { return data() + size(); }

  /// One element. Negative indices count from the end: -1 is the last element.
  /// - Throws: `std::out_of_range` if `index` lies beyond either end.
  [[nodiscard]] T& operator[](std::ptrdiff_t index) const {
    return data()[detail::element_at(index, size())];
  }

  /// Copies the elements of a slice, by default all.
  /// - Python: `a[start:stop:step]`.
  /// - Returns: a `std::vector`, or a string if the elements are characters.
  /// - Throws: `ValueError` if the step is 0.
  [[nodiscard]] detail::Copied<T> slice(const Slice& slice = {}) const {
    const auto elements = detail::elements_of(slice, size());
    detail::Copied<T> copied(elements.count, T());
    std::ranges::generate(
        copied, [&, number = std::size_t{0}]() mutable { return data()[elements[number++]]; });
    return copied;
  }
  /// Assigns `values` to the elements of a slice.
  /// - Python: `a[start:stop:step] = values`.
  /// - Throws: `ValueError` if `values` and the slice differ in length, or if the step is 0. The
  ///   array is then unchanged.
  template <detail::ElementsFor<T> Range>
  void set_slice(const Slice& slice, const Range& values) const {
    const auto elements = detail::elements_of(slice, size());
    const auto given = static_cast<std::size_t>(std::ranges::distance(values));
    if (given != elements.count) {
      detail::throw_other_length(given, elements.count);
    }
    std::ranges::for_each(values, [&, number = std::size_t{0}](const auto& value) mutable {
      data()[elements[number++]] = static_cast<T>(value);
    });
  }
  /// The same with a list of values: `a.set_slice({.start = 4, .stop = 6}, {1, 2})`.
  void set_slice(const Slice& slice, std::initializer_list<T> values) const {
    set_slice(slice, std::span<const T>(values));
  }

  /// The text up to the first NUL, or the whole array if it contains none.
  /// - Python: reading the attribute `value`.
  [[nodiscard]] std::basic_string<T> value() const
    requires detail::TextElement<T>
  {
    return detail::text_in(data(), size());
  }
  /// Writes a text, followed by a NUL if there is room. The elements after that stay as they were.
  /// - Python: assigning to the attribute `value`.
  /// - Throws: `ValueError` if `text` is longer than the array, which is then unchanged.
  void set_value(std::basic_string_view<T> text) const
    requires detail::TextElement<T>
  {
    detail::put_text(data(), size(), text, true);
  }
  /// All bytes.
  /// - Python: reading the attribute `raw`.
  [[nodiscard]] std::string raw() const
    requires std::same_as<T, char>
  {
    return std::string(data(), size());
  }
  /// Overwrites the first bytes. The others stay as they were.
  /// - Python: assigning to the attribute `raw`.
  /// - Throws: `ValueError` if `bytes` is longer than the array, which is then unchanged.
  void set_raw(std::string_view bytes) const
    requires std::same_as<T, char>
  {
    detail::put_text(data(), size(), bytes, false);
  }

 private:
  friend serial::Codec<RawArray>;
  explicit RawArray(detail::BlockReference block) noexcept : block_(std::move(block)) {}

  template <class Range>
  void fill(const Range& values) const {
    std::ranges::transform(values, data(), [](const auto& value) { return static_cast<T>(value); });
  }

  detail::BlockReference block_;
};

template <std::ranges::forward_range Range>
explicit RawArray(const Range&) -> RawArray<std::ranges::range_value_t<Range>>;

/// Makes an independent array with the same content.
/// - Python: `sharedctypes.copy`.
template <class T>
[[nodiscard]] RawArray<T> copy(const RawArray<T>& array) {
  return RawArray<T>(std::span<const T>(array.data(), array.size()));
}

}  // namespace progeny::multiprocessing::sharedctypes

namespace progeny::multiprocessing {

using sharedctypes::RawArray;

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// An array travels as a reference: sender and receiver share its memory.
template <class T>
struct Codec<multiprocessing::RawArray<T>> {
  /// The size of the reference to its block.
  static constexpr std::size_t min_size = multiprocessing::detail::BlockReference::min_size;
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::RawArray<T>& value) {
    value.block_.save(writer);
  }
  /// Reads it.
  static multiprocessing::RawArray<T> load(Reader& reader) {
    using Block = multiprocessing::detail::BlockReference;
    return multiprocessing::RawArray<T>(Block::load(reader, Block::layout_of<T>));
  }
};

}  // namespace progeny::serial
