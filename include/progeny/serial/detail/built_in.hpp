#pragma once

// Which types travel by themselves, and in which way. Not for users.

#include <boost/pfr/core.hpp>
#include <boost/pfr/tuple_size.hpp>

#include <array>
#include <chrono>
#include <complex>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace progeny {
class Handle;
}

namespace progeny::serial {

template <class T>
struct Codec;

namespace detail {

/// Of types that do not travel: nothing.
template <class T>
struct BuiltInCodec {};

/// Whether somebody has specialised `Codec` for it.
template <class T>
concept HasOwnCodec = !std::derived_from<Codec<T>, BuiltInCodec<T>>;

template <class T, template <class...> class Template>
inline constexpr bool is_instance = false;
template <class... Args, template <class...> class Template>
inline constexpr bool is_instance<Template<Args...>, Template> = true;

template <class T>
inline constexpr bool is_view =
    is_instance<T, std::basic_string_view> || is_instance<T, std::reference_wrapper> ||
    is_instance<T, std::initializer_list>;
template <class T, std::size_t Extent>
inline constexpr bool is_view<std::span<T, Extent>> = true;

template <class T>
inline constexpr bool is_std_array = false;
template <class T, std::size_t Size>
inline constexpr bool is_std_array<std::array<T, Size>> = true;

template <class T>
concept Bool = std::same_as<T, bool>;
template <class T>
concept Scalar = (std::is_arithmetic_v<T> || std::is_enum_v<T>) && !Bool<T>;
template <class T>
concept TupleLike = is_instance<T, std::tuple> || is_instance<T, std::pair>;
template <class T>
concept TimeLike = is_instance<T, std::chrono::duration> || is_instance<T, std::chrono::time_point>;
template <class T>
concept Path = std::same_as<T, std::filesystem::path>;

template <class T>
concept Iterable = requires(const T& range) {
  typename T::value_type;
  { std::size(range) } -> std::convertible_to<std::size_t>;
  std::begin(range);
  std::end(range);
} && !is_view<T> && !Path<T> && !is_std_array<T>;
/// Sets and maps: what was in order stays in order.
template <class T>
concept Associative = Iterable<T> && requires(T& range, typename T::value_type item) {
  typename T::key_type;
  range.insert(std::move(item));
};
template <class T>
concept Sequence =
    Iterable<T> && !Associative<T> &&
    requires(T& range, typename T::value_type item) { range.push_back(std::move(item)); };
/// Sequences whose elements lie side by side as the bytes that travel.
template <class T>
concept BulkSequence = Sequence<T> && std::contiguous_iterator<typename T::iterator> &&
                       Scalar<typename T::value_type> && requires(T& range) { range.resize(1); };

/// The element as it is read: a map's is a pair with a constant key, which nobody can read into.
template <class T>
struct ElementOf {
  using type = typename T::value_type;
};
template <class T>
  requires requires { typename T::mapped_type; }
struct ElementOf<T> {
  using type = std::pair<typename T::key_type, typename T::mapped_type>;
};
template <class T>
using Element = typename ElementOf<T>::type;

template <class T>
concept Plain = std::is_aggregate_v<T> && std::is_class_v<T> && !std::is_polymorphic_v<T> &&
                !is_std_array<T> && !Iterable<T>;
/// The name of the type as the compiler writes it: GCC `... [with T = int; ...]`, clang
/// `... [T = int]`.
template <class T>
consteval std::string_view name_of_type() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const auto begin = text.find("T = ") + 4;
  const auto end = text.rfind("; std::string_view = ");
  return text.substr(begin, (end == std::string_view::npos ? text.rfind(']') : end) - begin);
}

/// Closures may hold pointers and references, which nobody can see. Compilers name them so:
/// `main()::<lambda(int)>`, `(lambda at file.cpp:5:3)`.
template <class T>
consteval bool is_closure() {
  const auto name = name_of_type<T>();
  return name.find("<lambda") != std::string_view::npos ||
         name.find("(lambda at") != std::string_view::npos;
}

/// Classes that are their bytes, though we cannot look inside.
template <class T>
concept Opaque =
    !is_closure<T>() && std::is_class_v<T> && std::is_trivially_copyable_v<T> &&
    !std::is_aggregate_v<T> && !std::is_empty_v<T> && !is_view<T> && !TupleLike<T> &&
    !TimeLike<T> && !Iterable<T> && !is_instance<T, std::optional> && !is_instance<T, std::variant>;

template <class T, class... Seen>
consteval bool travels();

template <class T, class... Seen, std::size_t... Index>
consteval bool elements_travel(std::index_sequence<Index...> /*indices*/) {
  return (travels<std::remove_cvref_t<std::tuple_element_t<Index, T>>, Seen...>() && ...);
}

template <class T, class... Seen, std::size_t... Index>
consteval bool fields_travel(std::index_sequence<Index...> /*indices*/) {
  return (travels<boost::pfr::tuple_element_t<Index, T>, Seen..., T>() && ...);
}

template <class... Seen, class... Types>
consteval bool alternatives_travel(const std::variant<Types...>* /*type*/) {
  return (travels<Types, Seen...>() && ...);
}

template <class T, class... Seen>
consteval bool compound_travels() {
  if constexpr (TupleLike<T>) {
    return elements_travel<T, Seen...>(std::make_index_sequence<std::tuple_size_v<T>>());
  } else if constexpr (is_instance<T, std::variant>) {
    return alternatives_travel<Seen...>(static_cast<const T*>(nullptr));
  } else if constexpr (is_instance<T, std::optional> || is_std_array<T>) {
    return travels<typename T::value_type, Seen...>();
  } else if constexpr (Associative<T> || Sequence<T>) {
    return travels<Element<T>, Seen...>();
  } else if constexpr (is_instance<T, std::unique_ptr> || is_instance<T, std::shared_ptr>) {
    using Object = typename T::element_type;
    return !std::is_polymorphic_v<Object> && !std::is_array_v<Object> && travels<Object, Seen...>();
  } else if constexpr (Plain<T>) {
    return fields_travel<T, Seen...>(std::make_index_sequence<boost::pfr::tuple_size_v<T>>());
  } else {
    return Opaque<T>;
  }
}

/// `Seen` are the aggregates that this one is a part of: a list may hold itself.
template <class T, class... Seen>
consteval bool travels() {
  if constexpr ((std::same_as<T, Seen> || ...)) {
    return true;
  } else if constexpr (std::is_pointer_v<T> || std::is_reference_v<T> || is_view<T> ||
                       std::is_function_v<T> || std::is_void_v<T> || std::is_array_v<T>) {
    return false;
  } else if constexpr (HasOwnCodec<T> || Bool<T> || Scalar<T> || TimeLike<T> || Path<T> ||
                       std::same_as<T, std::monostate>) {
    return true;
  } else {
    return compound_travels<T, Seen...>();
  }
}

template <class T>
constexpr void require_transferable() {
  static_assert(travels<T>(),
                "this type cannot travel to another process (the compiler names it): pointers, "
                "references, views and closures mean nothing there; pass the values themselves, or "
                "specialise progeny::serial::Codec for it");
}

}  // namespace detail
}  // namespace progeny::serial
