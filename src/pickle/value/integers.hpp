#pragma once

// Ints of any size as two's complement, the lowest byte first.

#include <cstdint>
#include <string>
#include <string_view>

namespace progeny::pickle::detail {

// Without the bytes that only repeat the sign. Zero has no bytes.
[[nodiscard]] std::string_view shortest(std::string_view bytes) noexcept;

// The shortest form.
[[nodiscard]] std::string bytes_of(std::int64_t value);

// Of 8 bytes at most.
[[nodiscard]] std::int64_t small_integer(std::string_view bytes) noexcept;

// Throws `ValueError` if it is no number.
[[nodiscard]] std::string from_decimal(std::string_view digits);
[[nodiscard]] std::string to_decimal(std::string_view bytes);

// The nearest float; infinite if there is none.
[[nodiscard]] double to_double(std::string_view bytes) noexcept;

// Exactly what an integral float is.
[[nodiscard]] std::string bytes_of_integral(double value);

}  // namespace progeny::pickle::detail
