#pragma once

// A view of bytes that the caller owns: the argument of `write` and `communicate`.

#include <progeny/detail/ranges.hpp>
#include <progeny/export.hpp>  // IWYU pragma: keep (it asks for C++20)

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace progeny {

/// Bytes that a call borrows until it returns.
///
/// Made from strings and literals, and from every contiguous range of trivially copyable elements,
/// such as `std::vector<int>` or `std::span<const std::byte>`. Its size counts bytes, not elements.
///
/// - Python: a bytes-like object. Differs: text is accepted too, as its bytes.
class BytesView {
 public:
  /// No bytes.
  constexpr BytesView() noexcept = default;

  /// The characters of a string, without the terminating NUL of a literal.
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  // NOLINTNEXTLINE(google-explicit-constructor): a view, like std::string_view.
  constexpr BytesView(const Text& text) noexcept : view_(static_cast<std::string_view>(text)) {}

  /// The memory of a contiguous range: all bytes of every element.
  template <std::ranges::contiguous_range Range>
    requires(!std::convertible_to<const Range&, std::string_view> &&
             std::ranges::sized_range<const Range> &&
             std::is_trivially_copyable_v<std::ranges::range_value_t<Range>>)
  // NOLINTNEXTLINE(google-explicit-constructor): a view, like std::span.
  BytesView(const Range& range) noexcept
      : view_(reinterpret_cast<const char*>(std::ranges::data(range)),
              std::ranges::size(range) * sizeof(std::ranges::range_value_t<Range>)) {}

  /// The first byte.
  [[nodiscard]] constexpr const char* data() const noexcept { return view_.data(); }
  /// How many bytes.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return view_.size(); }
  /// Whether there are none.
  [[nodiscard]] constexpr bool empty() const noexcept { return view_.empty(); }
  /// The bytes as characters.
  [[nodiscard]] constexpr std::string_view text() const noexcept { return view_; }

 private:
  std::string_view view_;
};

}  // namespace progeny
