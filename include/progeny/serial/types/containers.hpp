#pragma once

// Containers that grow: strings, sequences, sets and maps, of the standard library and of others
// that have the same functions.

#include <progeny/detail/ranges.hpp>
#include <progeny/serial/codec.hpp>
#include <progeny/serial/types/scalars.hpp>

#include <concepts>
#include <cstddef>
#include <forward_list>
#include <utility>

namespace progeny::serial {

namespace detail {

template <class T>
concept Container = std::default_initializable<T> && std::move_constructible<T> &&
                    requires(T& container, const T& constant) {
                      typename T::value_type;
                      { constant.size() } -> std::convertible_to<std::size_t>;
                      constant.begin() != constant.end();
                      container.clear();
                    };

template <class T>
concept Sequence = Container<T> && !requires { typename T::key_type; } &&
                   requires(T& container, typename T::value_type&& value) {
                     container.push_back(std::move(value));
                   };

template <class T>
concept Set = Container<T> && std::same_as<typename T::key_type, typename T::value_type> &&
              requires(T& container, typename T::value_type&& value) {
                container.emplace_hint(container.end(), std::move(value));
              };

template <class T>
concept Map = Container<T> &&
              requires(T& container, typename T::key_type&& key, typename T::mapped_type&& mapped) {
                container.emplace_hint(container.end(), std::move(key), std::move(mapped));
              };

/// Containers whose elements lie in one piece and travel as the bytes they are in memory.
template <class T>
concept BulkSequence =
    Sequence<T> && std::ranges::contiguous_range<T> && is_bulk<typename T::value_type>();

/// Bulk sequences that can make room first, for bytes to be copied into.
template <class T>
concept BulkTarget = BulkSequence<T> && std::default_initializable<typename T::value_type> &&
                     requires(T& container) { container.resize(std::size_t()); };

/// Counts the memory of `count` elements, before any is taken.
template <class T>
constexpr void take_memory(Reader& reader, std::size_t count) {
  using Element = typename T::value_type;
  if constexpr (std::ranges::contiguous_range<T>) {
    reader.take_memory(count, sizeof(Element));
  } else {
    reader.take_nodes(count, sizeof(Element));
  }
}

/// Also makes room for some of the elements.
template <class T>
constexpr void reserve(T& container, Reader& reader, std::size_t count) {
  take_memory<T>(reader, count);
  if constexpr (requires { container.reserve(count); }) {
    container.reserve(reader.room_for(count, sizeof(typename T::value_type)));
  }
}

template <class T>
constexpr Kind kind_of_sequence() {
  return requires { typename T::traits_type; } ? Kind::text : Kind::sequence;
}

template <class Container>
void save_elements(Writer& writer, const Container& value) {
  using Element = typename Container::value_type;
  writer.reserve(value.size() * min_size<Element>);
  for (const Element& element : value) {
    writer.write(element);
  }
}

template <class T>
void save_bulk(Writer& writer, const T& elements) {
  using Element = std::ranges::range_value_t<T>;
  writer.write_bytes(std::ranges::data(elements), std::ranges::size(elements) * sizeof(Element));
}

}  // namespace detail

/// Vectors, deques, lists, strings: a count, then the elements.
template <detail::Sequence T>
struct Codec<T> {
  using Element = typename T::value_type;
  static constexpr std::size_t min_size = 1;
  static constexpr std::size_t nesting = detail::is_bulk<Element>() ? 0 : sizeof(Element);
  static constexpr void describe(Shape& shape) {
    shape.kind(detail::kind_of_sequence<T>());
    shape.nested<Element>();
  }
  static void save(Writer& writer, const T& value) {
    writer.write_count(value.size());
    if constexpr (detail::BulkSequence<T>) {
      detail::save_bulk(writer, value);
    } else {
      detail::save_elements(writer, value);
    }
  }
  static T load(Reader& reader) {
    const std::size_t count = reader.read_count(detail::min_size<Element>);
    T value;
    if constexpr (detail::BulkTarget<T>) {
      detail::take_memory<T>(reader, count);
      value.resize(count);
      reader.read_bytes(std::ranges::data(value), count * sizeof(Element));
    } else {
      detail::reserve(value, reader, count);
      for (std::size_t i = 0; i != count; ++i) {
        value.push_back(reader.read<Element>());
      }
    }
    return value;
  }
};

/// Sets, ordered and unordered, also those that keep equal elements.
template <detail::Set T>
struct Codec<T> {
  using Element = typename T::value_type;
  static constexpr std::size_t min_size = 1;
  static constexpr std::size_t nesting = sizeof(Element);
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::set);
    shape.nested<Element>();
  }
  static void save(Writer& writer, const T& value) {
    writer.write_count(value.size());
    detail::save_elements(writer, value);
  }
  static T load(Reader& reader) {
    const std::size_t count = reader.read_count(detail::min_size<Element>);
    T value;
    detail::reserve(value, reader, count);
    for (std::size_t i = 0; i != count; ++i) {
      value.emplace_hint(value.end(), reader.read<Element>());
    }
    if (value.size() != count) {
      reader.fail("an element comes twice in a set");
    }
    return value;
  }
};

/// Maps, ordered and unordered, also those that keep equal keys.
template <detail::Map T>
struct Codec<T> {
  using Key = typename T::key_type;
  using Mapped = typename T::mapped_type;
  static constexpr std::size_t min_size = 1;
  static constexpr std::size_t nesting = sizeof(Key) + sizeof(Mapped);
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::map);
    shape.nested<Key>();
    shape.nested<Mapped>();
  }
  static void save(Writer& writer, const T& value) {
    writer.write_count(value.size());
    writer.reserve(value.size() * (detail::min_size<Key> + detail::min_size<Mapped>));
    for (const auto& [key, mapped] : value) {
      writer.write(key);
      writer.write(mapped);
    }
  }
  static T load(Reader& reader) {
    const std::size_t count = reader.read_count(detail::min_size<Key> + detail::min_size<Mapped>);
    T value;
    detail::reserve(value, reader, count);
    for (std::size_t i = 0; i != count; ++i) {
      Key key = reader.read<Key>();  // NOLINT(misc-const-correctness): it is moved from.
      value.emplace_hint(value.end(), std::move(key), reader.read<Mapped>());
    }
    if (value.size() != count) {
      reader.fail("a key comes twice in a map");
    }
    return value;
  }
};

/// `std::forward_list`: it grows at its front and does not know its size.
template <class Element, class Allocator>
struct Codec<std::forward_list<Element, Allocator>> {
  using List = std::forward_list<Element, Allocator>;
  static constexpr std::size_t min_size = 1;
  static constexpr std::size_t nesting = sizeof(Element);
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::sequence);
    shape.nested<Element>();
  }
  static void save(Writer& writer, const List& value) {
    writer.write_count(static_cast<std::size_t>(std::distance(value.begin(), value.end())));
    for (const Element& element : value) {
      writer.write(element);
    }
  }
  static List load(Reader& reader) {
    const std::size_t count = reader.read_count(detail::min_size<Element>);
    reader.take_nodes(count, sizeof(Element));
    List value;
    auto last = value.before_begin();
    for (std::size_t i = 0; i != count; ++i) {
      last = value.insert_after(last, reader.read<Element>());
    }
    return value;
  }
};

}  // namespace progeny::serial
