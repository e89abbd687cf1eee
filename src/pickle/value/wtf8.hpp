#pragma once

// UTF-8 in which lone surrogates may appear, each as three bytes: what Python pickles of a str.

#include <cstddef>
#include <string_view>

namespace progeny::pickle::detail {

// Where the text is no UTF-8, or npos.
[[nodiscard]] std::size_t invalid_wtf8(std::string_view text) noexcept;

// Throws `ValueError` if it is no UTF-8.
void require_wtf8(std::string_view text);

[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

}  // namespace progeny::pickle::detail
