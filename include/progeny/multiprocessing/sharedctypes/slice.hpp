#pragma once

// A part of an array, as Python's `slice`, and text in arrays of characters.

#include <progeny/export.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace progeny::multiprocessing::sharedctypes {

/// Every `step`th element from `start` up to but not including `stop`.
///
/// Negative numbers count from the end. Bounds beyond either end are clipped.
///
/// - Python: `[start:stop:step]`, the built-in `slice`.
struct Slice {
  /// The first index. Default: the array's first, or its last if `step` is negative.
  std::optional<std::ptrdiff_t> start = {};
  /// The index at which the slice stops. Default: just beyond the array's end in the direction of
  /// `step`.
  std::optional<std::ptrdiff_t> stop = {};
  /// The distance between two elements. Default: 1. Must not be 0.
  std::ptrdiff_t step = 1;
};

}  // namespace progeny::multiprocessing::sharedctypes

namespace progeny::multiprocessing {

using sharedctypes::Slice;

}  // namespace progeny::multiprocessing

namespace progeny::multiprocessing::detail {

/// Throws `std::out_of_range`: an array of `size` elements has no element `index`.
[[noreturn]] PROGENY_EXPORT void throw_no_element(std::ptrdiff_t index, std::size_t size);

/// The position of the element `index`, which counts from the end if it is negative.
/// - Throws: `std::out_of_range` if `index` lies beyond either end.
[[nodiscard]] inline std::size_t element_at(std::ptrdiff_t index, std::size_t size) {
  const std::size_t from_start =
      static_cast<std::size_t>(index) + (index < 0 ? size : std::size_t{0});
  if (from_start >= size) {
    throw_no_element(index, size);
  }
  return from_start;
}

/// The elements of a slice of an array of known length.
struct Elements {
  std::ptrdiff_t first;
  std::ptrdiff_t step;
  std::size_t count;

  /// The array index of the slice's element `number`.
  [[nodiscard]] std::size_t operator[](std::size_t number) const noexcept {
    return static_cast<std::size_t>(first + step * static_cast<std::ptrdiff_t>(number));
  }
};

/// Applies `slice` to an array of `size` elements.
/// - Throws: `ValueError` if the step is 0.
[[nodiscard]] PROGENY_EXPORT Elements elements_of(const sharedctypes::Slice& slice,
                                                  std::size_t size);

/// Throws `ValueError`: `given` values do not fit a slice of `count` elements.
[[noreturn]] PROGENY_EXPORT void throw_other_length(std::size_t given, std::size_t count);
/// Throws `ValueError`: a text of `given` characters does not fit an array of `size`.
[[noreturn]] PROGENY_EXPORT void throw_too_long(std::size_t given, std::size_t size);

/// The type to which a slice is copied: a string for characters, as in Python, otherwise a vector.
template <class T>
using Copied = std::conditional_t<
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t>,
    std::basic_string<std::conditional_t<std::is_same_v<T, wchar_t>, wchar_t, char>>,
    std::vector<T>>;

/// The element types whose arrays hold text.
template <class T>
concept TextElement = std::is_same_v<T, char> || std::is_same_v<T, wchar_t>;

/// The text in an array of characters: up to the first NUL, or the whole array.
template <TextElement T>
[[nodiscard]] std::basic_string<T> text_in(const T* data, std::size_t size) {
  const std::basic_string_view<T> all(data, size);
  return std::basic_string<T>(all.substr(0, all.find(T())));
}

/// Copies `text` to the beginning of an array, followed by a NUL if `terminated` and if there is
/// room.
/// - Throws: `ValueError` if `text` is longer than the array.
template <TextElement T>
void put_text(T* data, std::size_t size, std::basic_string_view<T> text, bool terminated) {
  if (text.size() > size) {
    throw_too_long(text.size(), size);
  }
  text.copy(data, text.size());
  if (terminated && text.size() < size) {
    data[text.size()] = T();
  }
}

}  // namespace progeny::multiprocessing::detail
