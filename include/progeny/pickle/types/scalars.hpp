#pragma once

// Numbers, text, bytes, enumerations.

#include <progeny/export.hpp>
#include <progeny/pickle/convert.hpp>

#include <array>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace progeny::pickle {

namespace detail {

/// Throws `OverflowError`, with the value.
[[noreturn]] PROGENY_EXPORT void throw_out_of_range(const Value& value, int bits, bool is_signed);

/// An int of up to 64 bits without a sign.
[[nodiscard]] PROGENY_EXPORT std::uint64_t unsigned_of(const Value& value);

/// The real and the imaginary part of a complex, float or int.
[[nodiscard]] PROGENY_EXPORT std::array<double, 2> parts_of_complex(const Value& value);

}  // namespace detail

/// None.
template <>
struct Adapter<std::nullptr_t> {
  /// None.
  [[nodiscard]] static Value from(std::nullptr_t /*value*/) { return {}; }
};

/// bool.
template <>
struct Adapter<bool> {
  /// True or False.
  [[nodiscard]] static Value from(bool value) { return value; }
  /// True or False.
  [[nodiscard]] static bool to(const Value& value) { return value.as_bool(); }
};

/// int.
template <detail::PlainInteger T>
struct Adapter<T> {
  /// An int.
  [[nodiscard]] static Value from(T value) { return value; }
  /// An int in the type's range.
  [[nodiscard]] static T to(const Value& value) {
    if constexpr (std::same_as<T, std::uint64_t> ||
                  (std::is_unsigned_v<T> && sizeof(T) == sizeof(std::uint64_t))) {
      return static_cast<T>(detail::unsigned_of(value));
    } else {
      const std::int64_t number = value.as_int();
      const auto narrow = static_cast<T>(number);
      if (static_cast<std::int64_t>(narrow) != number) {
        detail::throw_out_of_range(value, static_cast<int>(sizeof(T)) * 8, std::is_signed_v<T>);
      }
      return narrow;
    }
  }
};

/// float.
template <std::floating_point T>
struct Adapter<T> {
  /// A float.
  [[nodiscard]] static Value from(T value) { return static_cast<double>(value); }
  /// A float, or an int.
  [[nodiscard]] static T to(const Value& value) { return static_cast<T>(value.as_float()); }
};

/// complex.
template <std::floating_point T>
struct Adapter<std::complex<T>> {
  /// A complex.
  [[nodiscard]] static Value from(const std::complex<T>& value) {
    return Value::reduce(Value::global("builtins", "complex"),
                         {static_cast<double>(value.real()), static_cast<double>(value.imag())});
  }
  /// A complex, float or int.
  [[nodiscard]] static std::complex<T> to(const Value& value) {
    const auto [real, imaginary] = detail::parts_of_complex(value);
    return {static_cast<T>(real), static_cast<T>(imaginary)};
  }
};

/// The int of its number.
template <class T>
  requires std::is_enum_v<T> && (!std::same_as<T, std::byte>)
struct Adapter<T> {
  /// The number.
  [[nodiscard]] static Value from(T value) { return static_cast<std::underlying_type_t<T>>(value); }
  /// From a number, which need not be one of an enumerator.
  [[nodiscard]] static T to(const Value& value) {
    return static_cast<T>(Adapter<std::underlying_type_t<T>>::to(value));
  }
};

/// str.
template <>
struct Adapter<std::string> {
  /// A str, from UTF-8.
  [[nodiscard]] static Value from(const std::string& value) { return value; }
  /// A str as UTF-8.
  [[nodiscard]] static std::string to(const Value& value) { return std::string(value.as_text()); }
};

/// str.
template <>
struct Adapter<std::string_view> {
  /// A str, from UTF-8.
  [[nodiscard]] static Value from(std::string_view value) { return value; }
};

/// str.
template <>
struct Adapter<const char*> {
  /// A str, from UTF-8.
  [[nodiscard]] static Value from(const char* value) { return value; }
};

/// A literal: str.
template <std::size_t Size>
struct Adapter<char[Size]> {
  /// A str, from UTF-8.
  [[nodiscard]] static Value from(const char (&value)[Size]) { return std::string_view(value); }
};

/// bytes.
template <>
struct Adapter<std::vector<std::byte>> {
  /// bytes.
  [[nodiscard]] static Value from(const std::vector<std::byte>& value) {
    return Value::bytes({reinterpret_cast<const char*>(value.data()), value.size()});
  }
  /// bytes or a bytearray.
  [[nodiscard]] static std::vector<std::byte> to(const Value& value) {
    const std::string_view bytes = value.as_bytes();
    const auto* const begin = reinterpret_cast<const std::byte*>(bytes.data());
    return {begin, begin + bytes.size()};
  }
};

}  // namespace progeny::pickle
