#pragma once

// What part of an array is meant, as Python writes it between brackets; and texts in arrays.

#include <progeny/export.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace progeny::multiprocessing::sharedctypes {

/// Every `step`th element from `start` up to, and without, `stop`: Python's `[start:stop:step]`.
/// Negative numbers count from the end, and what lies beyond either end is clipped.
struct Slice {
  /// The first. Default: the array's first, or last if `step` is negative.
  std::optional<std::ptrdiff_t> start = {};
  /// The one after the last. Default: that beyond the array's end in the direction of `step`.
  std::optional<std::ptrdiff_t> stop = {};
  /// The distance; not 0.
  std::ptrdiff_t step = 1;
};

}  // namespace progeny::multiprocessing::sharedctypes

namespace progeny::multiprocessing::detail {

/// A slice of an array of known length.
struct Elements {
  std::ptrdiff_t first;
  std::ptrdiff_t step;
  std::size_t count;

  /// The index of one of them.
  [[nodiscard]] std::size_t operator[](std::size_t number) const noexcept {
    return static_cast<std::size_t>(first + step * static_cast<std::ptrdiff_t>(number));
  }
};

/// Throws `ValueError` for a step of 0.
[[nodiscard]] PROGENY_EXPORT Elements elements_of(const sharedctypes::Slice& slice,
                                                  std::size_t size);

/// Throws `ValueError`: `given` elements are not for `count`.
[[noreturn]] PROGENY_EXPORT void throw_other_length(std::size_t given, std::size_t count);
/// Throws `ValueError`: a text is longer than the array that it is for.
[[noreturn]] PROGENY_EXPORT void throw_too_long(std::size_t given, std::size_t size);

/// What a slice is copied to: for characters a string, as in Python.
template <class T>
using Copied = std::conditional_t<
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t>,
    std::basic_string<std::conditional_t<std::is_same_v<T, wchar_t>, wchar_t, char>>,
    std::vector<T>>;

template <class T>
concept TextElement = std::is_same_v<T, char> || std::is_same_v<T, wchar_t>;

/// The text in an array of characters: up to the first NUL, or all.
template <TextElement T>
[[nodiscard]] std::basic_string<T> text_in(const T* data, std::size_t size) {
  const std::basic_string_view<T> all(data, size);
  return std::basic_string<T>(all.substr(0, all.find(T())));
}

/// Puts characters to the beginning of an array, and a NUL behind them if `terminated` and there is
/// room.
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
