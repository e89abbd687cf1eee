#pragma once

// A fixed number of values: std::pair, std::tuple, std::array, std::complex.

#include <progeny/serial/codec.hpp>
#include <progeny/serial/detail/class_traits.hpp>
#include <progeny/serial/types/containers.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <utility>

namespace progeny::serial {

namespace detail {

template <class... Parts>
constexpr void describe_tuple(Shape& shape) {
  shape.kind(Kind::tuple);
  shape.number(sizeof...(Parts));
  (shape.nested<Parts>(), ...);
}

template <class Array, std::size_t... Index>
Array load_each(Reader& reader, std::index_sequence<Index...> /*indices*/) {
  return Array{(static_cast<void>(Index), reader.read<typename Array::value_type>())...};
}

}  // namespace detail

/// Two values.
template <class First, class Second>
struct Codec<std::pair<First, Second>> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = detail::min_size<First> + detail::min_size<Second>;
  static constexpr void describe(Shape& shape) { detail::describe_tuple<First, Second>(shape); }
  static void save(Writer& writer, const std::pair<First, Second>& value) {
    writer.write(value.first);
    writer.write(value.second);
  }
  static std::pair<First, Second> load(Reader& reader) {
    // Between braces the order is from left to right.
    return std::pair<First, Second>{reader.read<First>(), reader.read<Second>()};
  }
};

/// Any number of values.
template <class... Parts>
struct Codec<std::tuple<Parts...>> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = (std::size_t(0) + ... + detail::min_size<Parts>);
  static constexpr void describe(Shape& shape) { detail::describe_tuple<Parts...>(shape); }
  static void save(Writer& writer, const std::tuple<Parts...>& value) {
    std::apply([&](const Parts&... parts) { (writer.write(parts), ...); }, value);
  }
  static std::tuple<Parts...> load(Reader& reader) {
    return std::tuple<Parts...>{reader.read<Parts>()...};
  }
};

/// As many values of one type as the type says.
template <class Element, std::size_t N>
struct Codec<std::array<Element, N>> : detail::AddsNoLevel {
  using Array = std::array<Element, N>;
  static constexpr std::size_t min_size = N * detail::min_size<Element>;
  static constexpr bool bulk = N != 0 && detail::is_bulk<Element>();
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::fixed_array);
    shape.number(N);
    shape.nested<Element>();
  }
  static void save(Writer& writer, const Array& value) {
    if constexpr (bulk) {
      detail::save_bulk(writer, value);
    } else {
      for (const Element& element : value) {
        writer.write(element);
      }
    }
  }
  static Array load(Reader& reader) {
    if constexpr (!std::default_initializable<Element>) {
      return detail::load_each<Array>(reader, std::make_index_sequence<N>());
    } else {
      Array value;
      load_into(reader, value);
      return value;
    }
  }

 private:
  static void load_into(Reader& reader, Array& value) {
    if constexpr (bulk) {
      reader.read_bytes(value.data(), sizeof value);
    } else {
      for (Element& element : value) {
        element = reader.read<Element>();
      }
    }
  }
};

/// Of `std::complex` the real and the imaginary part, which lie beside each other (C++20,
/// [complex.numbers]).
template <detail::ComplexNumber T>
struct Codec<T> : detail::AddsNoLevel {
  using Part = typename T::value_type;
  static constexpr std::size_t min_size = 2 * detail::min_size<Part>;
  static constexpr bool bulk = detail::is_bulk<Part>();
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::complex);
    shape.nested<Part>();
  }
  static void save(Writer& writer, const T& value) {
    writer.write(value.real());
    writer.write(value.imag());
  }
  static T load(Reader& reader) { return T{reader.read<Part>(), reader.read<Part>()}; }
};

}  // namespace progeny::serial
