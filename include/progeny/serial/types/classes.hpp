#pragma once

// Classes for which little or nothing was written: plain aggregates travel member by member, and
// trivially copyable classes of which `plain_bytes` says so as their bytes.

#include <progeny/serial/codec.hpp>
#include <progeny/serial/detail/class_traits.hpp>

#include <boost/pfr/core.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace progeny::serial {

namespace detail {

template <class T>
using MemberIndices = std::make_index_sequence<boost::pfr::tuple_size_v<T>>;

template <class T, std::size_t Index>
using Member = boost::pfr::tuple_element_t<Index, T>;

template <class T, std::size_t... Index>
constexpr std::size_t members_min_size(std::index_sequence<Index...> /*indices*/) {
  return (std::size_t(0) + ... + min_size<Member<T, Index>>);
}

/// Whether the class consists of its members' bytes alone, without padding between them.
template <class T, std::size_t... Index>
constexpr bool members_are_bulk(std::index_sequence<Index...> /*indices*/) {
  return sizeof...(Index) != 0 && (is_bulk<Member<T, Index>>() && ...) &&
         (std::size_t(0) + ... + sizeof(Member<T, Index>)) == sizeof(T) &&
         std::is_trivially_copyable_v<T>;
}

template <class T, std::size_t... Index>
constexpr void describe_members(Shape& shape, std::index_sequence<Index...> /*indices*/) {
  shape.number(sizeof...(Index));
  (shape.nested<Member<T, Index>>(), ...);
}

template <class T, std::size_t... Index>
T load_members(Reader& reader, std::index_sequence<Index...> /*indices*/) {
  // Between braces the order is from left to right.
  return T{reader.read<Member<T, Index>>()...};
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): it loses sight of what members own.
}

}  // namespace detail

namespace detail {

/// Whether no two values of the class differ in bytes that mean nothing, so that it can be copied
/// in bulk.
template <class T>
inline constexpr bool has_no_padding = std::has_unique_object_representations_v<T>;

/// Zeroes the bytes of an object that belong to no member. They may hold anything, also secrets
/// that have been in the same memory before.
template <class T>
void clear_padding([[maybe_unused]] T& object) noexcept {
#if __has_builtin(__builtin_clear_padding)
  __builtin_clear_padding(&object);
#endif
}

}  // namespace detail

/// Trivially copyable classes that are not aggregates, but plain all the same: all of their bytes.
template <detail::PlainClass T>
struct Codec<T> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = sizeof(T);
  static constexpr bool bulk = detail::has_no_padding<T>;
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::plain_class);
    shape.name(type_name<T>);
    shape.number(sizeof(T));
  }
  static void save(Writer& writer, const T& value) {
    if constexpr (bulk) {
      writer.write_bytes(&value, sizeof value);
    } else {
      T copy = value;
      detail::clear_padding(copy);
      writer.write_bytes(&copy, sizeof copy);
    }
  }
  static T load(Reader& reader) {
    std::array<std::byte, sizeof(T)> bytes{};
    reader.read_bytes(bytes.data(), bytes.size());
    return std::bit_cast<T>(bytes);
  }
};

/// Aggregates: their members in turn. Padding between them never travels.
template <detail::AggregateClass T>
struct Codec<T> : detail::AddsNoLevel {
  using Indices = detail::MemberIndices<T>;
  static constexpr std::size_t min_size = detail::members_min_size<T>(Indices());
  static constexpr bool bulk = detail::members_are_bulk<T>(Indices());
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::aggregate);
    detail::describe_members<T>(shape, Indices());
  }
  static void save(Writer& writer, const T& value) {
    if constexpr (bulk) {
      writer.write_bytes(&value, sizeof value);
    } else {
      boost::pfr::for_each_field(value, [&writer](const auto& member) { writer.write(member); });
    }
  }
  static T load(Reader& reader) { return detail::load_members<T>(reader, Indices()); }
};

}  // namespace progeny::serial
