#pragma once

// Sequences, sets and maps.

#include <progeny/detail/ranges.hpp>
#include <progeny/export.hpp>
#include <progeny/pickle/convert.hpp>
#include <progeny/pickle/types/scalars.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace progeny::pickle {

namespace detail {

/// The items of a list, tuple, set or frozenset, or of what a deque, an array, a range of ints or
/// another class of the standard library has in it.
[[nodiscard]] PROGENY_EXPORT std::vector<Value> sequence_of(const Value& value);

/// The pairs of a dict, OrderedDict, defaultdict or Counter.
[[nodiscard]] PROGENY_EXPORT std::vector<Value::Pair> mapping_of(const Value& value);

/// The items of a sequence that must have so many.
[[nodiscard]] PROGENY_EXPORT std::vector<Value> members_of(const Value& value, std::size_t count);

/// Throws `TypeError`: no alternative fits.
[[noreturn]] PROGENY_EXPORT void throw_no_alternative(const Value& value);

template <class T>
concept Text = std::same_as<T, std::string> || std::same_as<T, std::string_view>;

template <class T>
concept Map = requires {
  typename T::key_type;
  typename T::mapped_type;
};

template <class T>
concept Set = !Map<T> && requires { typename T::key_type; };

template <class T>
concept Sequence = std::ranges::input_range<const T> && !Text<T> && !Map<T> && !Set<T> &&
                   !std::same_as<T, std::vector<std::byte>> &&
                   requires(T& range) { range.push_back(std::declval<typename T::value_type>()); };

}  // namespace detail

/// list: `std::vector`, `std::deque`, `std::list`.
template <detail::Sequence T>
struct Adapter<T> {
  /// A list.
  [[nodiscard]] static Value from(const T& range)
    requires Picklable<typename T::value_type>
  {
    std::vector<Value> items;
    items.reserve(range.size());
    for (const auto& item : range) {
      items.push_back(Adapter<typename T::value_type>::from(item));
    }
    return Value::list(std::move(items));
  }
  /// A list, tuple, set, deque or array.
  [[nodiscard]] static T to(const Value& value)
    requires Unpicklable<typename T::value_type>
  {
    T range;
    for (const Value& item : detail::sequence_of(value)) {
      range.push_back(Adapter<typename T::value_type>::to(item));
    }
    return range;
  }
};

/// set.
template <detail::Set T>
struct Adapter<T> {
  /// A set.
  [[nodiscard]] static Value from(const T& set)
    requires Picklable<typename T::key_type>
  {
    std::vector<Value> items;
    for (const auto& item : set) {
      items.push_back(Adapter<typename T::key_type>::from(item));
    }
    return Value::set(std::move(items));
  }
  /// A set, frozenset or sequence.
  [[nodiscard]] static T to(const Value& value)
    requires Unpicklable<typename T::key_type>
  {
    T set;
    for (const Value& item : detail::sequence_of(value)) {
      set.insert(Adapter<typename T::key_type>::to(item));
    }
    return set;
  }
};

/// dict.
template <detail::Map T>
struct Adapter<T> {
  /// A dict.
  [[nodiscard]] static Value from(const T& map)
    requires Picklable<typename T::key_type> && Picklable<typename T::mapped_type>
  {
    std::vector<Value::Pair> pairs;
    for (const auto& [key, item] : map) {
      pairs.emplace_back(Adapter<typename T::key_type>::from(key),
                         Adapter<typename T::mapped_type>::from(item));
    }
    return Value::dict(std::move(pairs));
  }
  /// A dict, OrderedDict, defaultdict or Counter.
  [[nodiscard]] static T to(const Value& value)
    requires Unpicklable<typename T::key_type> && Unpicklable<typename T::mapped_type>
  {
    T map;
    for (const auto& [key, item] : detail::mapping_of(value)) {
      map.insert_or_assign(Adapter<typename T::key_type>::to(key),
                           Adapter<typename T::mapped_type>::to(item));
    }
    return map;
  }
};

}  // namespace progeny::pickle
