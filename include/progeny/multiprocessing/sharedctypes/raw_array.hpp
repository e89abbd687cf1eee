#pragma once

// An array that several processes see, without a lock: Python's `multiprocessing.RawArray`. With
// one it is <progeny/multiprocessing/sharedctypes/array.hpp>.

#include <progeny/detail/ranges.hpp>
#include <progeny/multiprocessing/detail/block_handle.hpp>
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

/// What an array of `T` can be filled from: a range of known length. Literals of characters are
/// texts, whose last NUL is no element.
template <class Range, class T>
concept ElementsFor = std::ranges::forward_range<const Range> && !std::is_array_v<Range> &&
                      StorableIn<std::ranges::range_value_t<const Range>, T>;

}  // namespace progeny::multiprocessing::detail

namespace progeny::multiprocessing::sharedctypes {

/// An array in shared memory, without a lock: using it costs what using memory costs, and to keep
/// processes from disturbing each other is up to the caller.
///
/// Objects are references, as in Python: a copy is the same array, also one that has travelled to
/// another process, as an argument of a `Process` or over a local connection. The memory has no
/// name and is used again when nobody has the array any more; a process that was killed counts as
/// one that has it for as long as the process lives that made it.
///
/// `T` is any trivially copyable type but a pointer. The array is a contiguous range; it is aligned
/// as `T` is, and to 16 bytes at least, so that `std::atomic_ref(a[0])` works.
///
/// - Python: `multiprocessing.sharedctypes.RawArray`. Differs: types are those of C++;
///   `typecode<'i'>` is the one that Python calls `'i'`. A fraction does not compile where a whole
///   number is stored; whole numbers wrap.
/// - Threads: as an array.
/// - Platforms: Linux.
template <detail::SharedType T>
class RawArray {
 public:
  /// What an element is.
  using value_type = T;
  /// Goes over the elements.
  using iterator = T*;

  /// `size` elements, zero in all their bytes.
  /// - Throws: `ValueError` if `size` is negative, `std::overflow_error` if no memory could be so
  ///   large, `OSError` if there is not so much.
  explicit RawArray(std::ptrdiff_t size) : handle_(size, detail::BlockHandle::layout_of<T>) {}
  /// A copy of `values`.
  template <detail::ElementsFor<T> Range>
  explicit RawArray(const Range& values) : RawArray(std::ranges::distance(values)) {
    fill(values);
  }
  /// A copy of `values`: `RawArray<int>{1, 2, 3}`.
  RawArray(std::initializer_list<T> values) : RawArray(std::span<const T>(values)) {}
  /// The characters of `text`, without a NUL.
  explicit RawArray(std::basic_string_view<T> text)
    requires detail::TextElement<T>
      : RawArray(std::span<const T>(text)) {}

  /// How many elements there are.
  [[nodiscard]] std::size_t size() const noexcept { return handle_.count(); }
  /// Whether there are none.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// Where they lie in this process.
  [[nodiscard]] T* data() const noexcept { return static_cast<T*>(handle_.data()); }
  /// The first.
  [[nodiscard]] T* begin() const noexcept { return data(); }
  /// The one after the last.
  [[nodiscard]] T* end() const noexcept { return data() + size(); }

  /// An element; the last is -1.
  /// - Throws: `std::out_of_range` beyond either end.
  [[nodiscard]] T& operator[](std::ptrdiff_t index) const {
    return data()[detail::element_at(index, size())];
  }

  /// A copy of some elements, or of all: a `std::vector`, or a string if they are characters.
  /// Python: `a[start:stop:step]`.
  /// - Throws: `ValueError` for a step of 0.
  [[nodiscard]] detail::Copied<T> slice(const Slice& slice = {}) const {
    const auto elements = detail::elements_of(slice, size());
    detail::Copied<T> copied(elements.count, T());
    std::ranges::generate(
        copied, [&, number = std::size_t{0}]() mutable { return data()[elements[number++]]; });
    return copied;
  }
  /// Writes as many elements as the slice has. Python: `a[start:stop:step] = values`.
  /// - Throws: `ValueError` for another number of values, and nothing has changed.
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
  /// The same: `a.set_slice({.start = 4, .stop = 6}, {1, 2})`.
  void set_slice(const Slice& slice, std::initializer_list<T> values) const {
    set_slice(slice, std::span<const T>(values));
  }

  /// The text up to the first NUL, or all of it. Python: the attribute `value`.
  [[nodiscard]] std::basic_string<T> value() const
    requires detail::TextElement<T>
  {
    return detail::text_in(data(), size());
  }
  /// Writes a text, and a NUL behind it if there is room; what comes then stays.
  /// - Throws: `ValueError` if it is longer than the array, and nothing has changed.
  void set_value(std::basic_string_view<T> text) const
    requires detail::TextElement<T>
  {
    detail::put_text(data(), size(), text, true);
  }
  /// All bytes. Python: the attribute `raw`.
  [[nodiscard]] std::string raw() const
    requires std::same_as<T, char>
  {
    return std::string(data(), size());
  }
  /// Writes the first bytes; the others stay.
  /// - Throws: `ValueError` if there are more than the array has, and nothing has changed.
  void set_raw(std::string_view bytes) const
    requires std::same_as<T, char>
  {
    detail::put_text(data(), size(), bytes, false);
  }

 private:
  friend serial::Codec<RawArray>;
  explicit RawArray(detail::BlockHandle handle) noexcept : handle_(std::move(handle)) {}

  template <class Range>
  void fill(const Range& values) const {
    std::ranges::transform(values, data(), [](const auto& value) { return static_cast<T>(value); });
  }

  detail::BlockHandle handle_;
};

template <std::ranges::forward_range Range>
explicit RawArray(const Range&) -> RawArray<std::ranges::range_value_t<Range>>;

/// An array of the same type with the same content, and nothing else in common. Python: `copy`.
template <class T>
[[nodiscard]] RawArray<T> copy(const RawArray<T>& array) {
  return RawArray<T>(std::span<const T>(array.data(), array.size()));
}

}  // namespace progeny::multiprocessing::sharedctypes

namespace progeny::multiprocessing {

using sharedctypes::RawArray;
using sharedctypes::Slice;

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// The receiver's is the same array.
template <class T>
struct Codec<multiprocessing::RawArray<T>> {
  /// That of its memory.
  static constexpr std::size_t min_size = multiprocessing::detail::BlockHandle::min_size;
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::RawArray<T>& value) {
    value.handle_.save(writer);
  }
  /// Reads it.
  static multiprocessing::RawArray<T> load(Reader& reader) {
    using Handle = multiprocessing::detail::BlockHandle;
    return multiprocessing::RawArray<T>(Handle::load(reader, Handle::layout_of<T>));
  }
};

}  // namespace progeny::serial
