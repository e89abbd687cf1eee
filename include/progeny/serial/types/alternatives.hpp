#pragma once

// Values that may be absent or of one type among several: std::optional, std::variant,
// std::monostate.

#include <progeny/serial/codec.hpp>
#include <progeny/serial/types/scalars.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

namespace progeny::serial {

/// Whether there is a value, then the value.
template <class T>
struct Codec<std::optional<T>> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = 1;
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::optional);
    shape.nested<T>();
  }
  static void save(Writer& writer, const std::optional<T>& value) {
    writer.write(value.has_value());
    if (value) {
      writer.write(*value);
    }
  }
  static std::optional<T> load(Reader& reader) {
    if (!reader.read<bool>()) {
      return std::nullopt;
    }
    return std::optional<T>(reader.read<T>());
  }
};

/// No bytes at all.
template <>
struct Codec<std::monostate> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = 0;
  static constexpr void describe(Shape& shape) { shape.kind(Kind::tuple); }
  static void save(Writer& /*writer*/, const std::monostate& /*value*/) {}
  static std::monostate load(Reader& /*reader*/) { return {}; }
};

namespace detail {

template <class... Types>
constexpr std::size_t least_min_size() {
  std::size_t least = static_cast<std::size_t>(-1);
  ((least = min_size<Types> < least ? min_size<Types> : least), ...);
  return least;
}

}  // namespace detail

/// The number of the alternative, then its value.
template <class... Types>
struct Codec<std::variant<Types...>> : detail::AddsNoLevel {
  using Variant = std::variant<Types...>;
  static constexpr std::size_t min_size = 1 + detail::least_min_size<Types...>();
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::variant);
    shape.number(sizeof...(Types));
    (shape.nested<Types>(), ...);
  }
  static void save(Writer& writer, const Variant& value) {
    if (value.valueless_by_exception()) {
      throw ValueError("a std::variant that lost its value to an exception cannot travel");
    }
    writer.write_count(value.index());
    std::visit([&writer](const auto& alternative) { writer.write(alternative); }, value);
  }
  static Variant load(Reader& reader) {
    return load_alternative(reader, std::index_sequence_for<Types...>());
  }

 private:
  template <std::size_t Index>
  static Variant load_one(Reader& reader) {
    using Type = std::variant_alternative_t<Index, Variant>;
    return Variant(std::in_place_index<Index>, reader.read<Type>());
  }
  template <std::size_t... Index>
  static Variant load_alternative(Reader& reader, std::index_sequence<Index...> /*indices*/) {
    static constexpr std::array loaders{&load_one<Index>...};
    const std::size_t index = reader.read_number();
    if (index >= loaders.size()) {
      reader.fail("a variant has no such alternative");
    }
    return loaders[index](reader);
  }
};

}  // namespace progeny::serial
