#pragma once

// Aggregates: as tuples, as dicts, or as objects of a class of Python.

#include <progeny/pickle/convert.hpp>
#include <progeny/pickle/types/containers.hpp>

#include <boost/pfr/core.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::pickle {

/// The names of an aggregate's members, in their order. Specialise it, and the aggregate travels as
/// a dict instead of a tuple:
///
/// ```cpp
/// template <>
/// struct progeny::pickle::Described<Point> {
///   static constexpr std::array members{"x", "y"};
/// };
/// ```
///
/// With `static constexpr std::string_view module = "shapes", name = "Point";` besides, it travels
/// as an object of that class, for Python to make: a dataclass, or any class with these attributes.
template <class T>
struct Described;

namespace detail {

template <class T>
concept HasNames = requires { Described<T>::members.size(); };

template <class T>
concept HasClass = requires {
  std::string_view(Described<T>::module);
  std::string_view(Described<T>::name);
};

template <class T>
concept Aggregate =
    std::is_aggregate_v<T> && std::is_class_v<T> && !Map<T> && !Set<T> && !std::ranges::range<T>;

/// The attributes of an object, or the dict itself, in the order of the names.
[[nodiscard]] PROGENY_EXPORT std::vector<Value> attributes_of(const Value& value,
                                                              const std::string_view* names,
                                                              std::size_t count);

}  // namespace detail

/// A tuple of its members; a dict or an object if the class is `Described`.
template <detail::Aggregate T>
struct Adapter<T> {
  /// A tuple, dict or object.
  [[nodiscard]] static Value from(const T& value) {
    std::vector<Value> members;
    boost::pfr::for_each_field(value, [&]<class Member>(const Member& member) {
      members.push_back(Adapter<Member>::from(member));
    });
    if constexpr (detail::HasNames<T>) {
      static_assert(Described<T>::members.size() == boost::pfr::tuple_size_v<T>,
                    "Described must name each member");
      Value dict = Value::dict();
      for (std::size_t i = 0; i < members.size(); ++i) {
        dict.set_item(std::string_view(Described<T>::members[i]), std::move(members[i]));
      }
      if constexpr (detail::HasClass<T>) {
        return Value::object(Value::global(Described<T>::module, Described<T>::name), {}, dict);
      }
      return dict;
    } else {
      return Value::tuple(std::move(members));
    }
  }

  /// A tuple or other sequence of as many members; for a class that is `Described` a dict, or an
  /// object with these attributes. Other keys and attributes do not matter.
  [[nodiscard]] static T to(const Value& value) {
    constexpr std::size_t count = boost::pfr::tuple_size_v<T>;
    std::vector<Value> members;
    if constexpr (detail::HasNames<T>) {
      std::array<std::string_view, count> names;
      for (std::size_t i = 0; i < count; ++i) {
        names[i] = Described<T>::members[i];
      }
      members = detail::attributes_of(value, names.data(), count);
    } else {
      members = detail::members_of(value, count);
    }
    return [&]<std::size_t... Index>(std::index_sequence<Index...>) {
      return T{Adapter<boost::pfr::tuple_element_t<Index, T>>::to(members[Index])...};
    }(std::make_index_sequence<count>());
  }
};

}  // namespace progeny::pickle
