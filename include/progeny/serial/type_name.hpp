#pragma once

// A type's name at compile time, for messages to people and for fingerprints.

#include <progeny/export.hpp>  // IWYU pragma: keep (it asks for C++20)

#include <cstddef>
#include <source_location>
#include <string_view>

namespace progeny::serial {

namespace detail {

template <class T>
consteval auto function_named_after() {
  return std::source_location::current().function_name();
}

// What a compiler writes around the name is learned from a type whose name is known.
inline constexpr std::string_view example = function_named_after<double>();
inline constexpr std::size_t before_name = example.find("double");
inline constexpr std::size_t around_name = example.size() - std::string_view("double").size();

}  // namespace detail

/// `T` as the compiler spells it: `std::vector<int>`. Compilers differ in details.
template <class T>
inline constexpr std::string_view type_name =
    std::string_view(detail::function_named_after<T>())
        .substr(detail::before_name,
                std::string_view(detail::function_named_after<T>()).size() - detail::around_name);

}  // namespace progeny::serial
