#pragma once

// Numbers, truth values, enumerations.

#include <progeny/serial/codec.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <limits>
#include <type_traits>

namespace progeny::serial {

namespace detail {

template <class T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

template <class T>
concept Number = std::is_arithmetic_v<T> && std::same_as<T, std::remove_cv_t<T>> &&
                 !std::same_as<T, bool> && !std::same_as<T, long double>;

template <class T>
concept Enumeration = std::is_enum_v<T> && std::same_as<T, std::remove_cv_t<T>>;

template <class T>
constexpr Kind kind_of_number() {
  if constexpr (Character<T>) {
    return Kind::character;
  } else if constexpr (std::floating_point<T>) {
    return Kind::floating;
  } else {
    return std::signed_integral<T> ? Kind::signed_integer : Kind::unsigned_integer;
  }
}

}  // namespace detail

/// Numbers and characters: their bytes.
template <detail::Number T>
struct Codec<T> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = sizeof(T);
  static constexpr bool bulk = true;
  static constexpr void describe(Shape& shape) {
    shape.kind(detail::kind_of_number<T>());
    shape.number(sizeof(T));
  }
  static void save(Writer& writer, const T& value) { writer.write_bytes(&value, sizeof value); }
  static T load(Reader& reader) {
    T value;
    reader.read_bytes(&value, sizeof value);
    return value;
  }
};

/// A byte that is 0 or 1: no other is a truth value.
template <>
struct Codec<bool> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = 1;
  static constexpr void describe(Shape& shape) { shape.kind(Kind::boolean); }
  static void save(Writer& writer, const bool& value) {
    writer.write(static_cast<unsigned char>(value));
  }
  static bool load(Reader& reader) {
    const auto value = reader.read<unsigned char>();
    if (value > 1) {
      reader.fail("a byte that is neither true nor false");
    }
    return value == 1;
  }
};

/// On x86 10 bytes of 16; the others are never set, and do not travel.
template <>
struct Codec<long double> : detail::AddsNoLevel {
  static constexpr std::size_t min_size =
      std::numeric_limits<long double>::digits == 64 ? 10 : sizeof(long double);
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::floating);
    shape.number(min_size);
  }
  static void save(Writer& writer, const long double& value) {
    writer.write_bytes(&value, min_size);
  }
  static long double load(Reader& reader) {
    long double value = 0;
    reader.read_bytes(&value, min_size);
    return value;
  }
};

/// The underlying number. Numbers without a name are values of an enumeration too.
template <detail::Enumeration T>
struct Codec<T> : detail::AddsNoLevel {
  using Underlying = std::underlying_type_t<T>;
  static constexpr std::size_t min_size = detail::min_size<Underlying>;
  static constexpr bool bulk = detail::is_bulk<Underlying>();
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::enumeration);
    shape.nested<Underlying>();
  }
  static void save(Writer& writer, const T& value) { writer.write(static_cast<Underlying>(value)); }
  static T load(Reader& reader) { return static_cast<T>(reader.read<Underlying>()); }
};

}  // namespace progeny::serial
