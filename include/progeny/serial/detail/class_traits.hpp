#pragma once

// Which classes can travel although nothing was written for them.

#include <progeny/base/bytes.hpp>
#include <progeny/detail/ranges.hpp>
#include <progeny/serial/type_name.hpp>
#include <progeny/serial/types/containers.hpp>

#include <boost/pfr/tuple_size.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace progeny::serial::detail {

/// Stands for an archive of cereal where only the presence of functions is asked for.
struct AnyArchive {
  template <class... Members>
  void operator()(Members&&... /*members*/) {}
};

/// Whether a class has functions of cereal that everybody can see. It means them to be used.
template <class T>
concept DeclaresCereal =
    requires(AnyArchive& archive, T& value) { value.serialize(archive); } ||
    requires(AnyArchive& archive, T& value) { value.serialize(archive, std::uint32_t()); } ||
    requires(AnyArchive& archive, T& value) { serialize(archive, value); } ||
    requires(AnyArchive& archive, T& value) { serialize(archive, value, std::uint32_t()); } ||
    requires(AnyArchive& archive, const T& value) { value.save(archive); } ||
    requires(AnyArchive& archive, const T& value) { value.save(archive, std::uint32_t()); } ||
    requires(AnyArchive& archive, const T& value) { save(archive, value); } ||
    requires(AnyArchive& archive, const T& value) { save(archive, value, std::uint32_t()); } ||
    requires(AnyArchive& archive, const T& value) { value.save_minimal(archive); } ||
    requires(AnyArchive& archive, const T& value) { save_minimal(archive, value); };

/// Whether the compiler made the class for a lambda expression; there is no other way to tell.
template <class T>
inline constexpr bool is_lambda = type_name<T>.find("lambda") != std::string_view::npos &&
                                  type_name<T>.find_first_of("<(") != std::string_view::npos &&
                                  (type_name<T>.ends_with(")>") || type_name<T>.ends_with(')'));

/// Whether `T` is the class of the standard library, or one of the class template. By its name, so
// that its header, which may be a large one, need not be included.
template <class T>
consteval bool is_standard(std::string_view name) {
  std::string_view own = type_name<T>.substr(0, type_name<T>.find('<'));
  if (!own.starts_with("std::") || !own.ends_with(name)) {
    return false;
  }
  own.remove_suffix(name.size());
  return own.ends_with("::");  // An inline namespace may be in between: std::__n4861::.
}

/// Classes of the standard library that could be copied, and mean nothing in another process.
template <class T>
concept Referring =
    std::ranges::range<T> || std::input_or_output_iterator<T> ||
    std::convertible_to<const T&, std::string_view> || std::same_as<T, BytesView> ||
    std::same_as<T, std::error_condition> || std::same_as<T, std::source_location> ||
    is_standard<T>("reference_wrapper") || is_standard<T>("coroutine_handle") ||
    is_standard<T>("type_index") || is_standard<T>("thread::id");

/// `std::complex`.
template <class T>
concept ComplexNumber = is_standard<T>("complex") && requires { typename T::value_type; };

template <class T>
concept OrdinaryClass = std::is_class_v<T> && std::same_as<T, std::remove_cv_t<T>> &&
                        std::move_constructible<T> && !std::is_polymorphic_v<T> && !Container<T> &&
                        !is_lambda<T> && !Referring<T> && !ComplexNumber<T> && !DeclaresCereal<T>;

/// Classes of the standard library that consist of numbers alone, although they hide them: dates,
/// orderings, random number engines and distributions. Those whose values own memory are not
/// trivially copyable.
template <class T>
consteval bool is_standard_number() {
  using namespace std::string_view_literals;
  constexpr std::array names{"day"sv,
                             "month"sv,
                             "year"sv,
                             "weekday"sv,
                             "weekday_indexed"sv,
                             "weekday_last"sv,
                             "month_day"sv,
                             "month_day_last"sv,
                             "month_weekday"sv,
                             "month_weekday_last"sv,
                             "year_month"sv,
                             "year_month_day"sv,
                             "year_month_day_last"sv,
                             "year_month_weekday"sv,
                             "year_month_weekday_last"sv,
                             "hh_mm_ss"sv,
                             "partial_ordering"sv,
                             "weak_ordering"sv,
                             "strong_ordering"sv,
                             "file_status"sv};
  for (const std::string_view name : names) {
    if (is_standard<T>(name)) {
      return true;
    }
  }
  const std::string_view own = type_name<T>.substr(0, type_name<T>.find('<'));
  return own.starts_with("std::") && (own.ends_with("_engine") || own.ends_with("_distribution"));
}

/// Classes that may be copied byte by byte, and hide what they consist of.
template <class T>
concept HidingClass =
    OrdinaryClass<T> && std::is_trivially_copyable_v<T> && !std::is_aggregate_v<T>;

/// Those of them whose bytes mean the same in another process.
template <class T>
concept PlainClass =
    HidingClass<T> && (plain_bytes<T> || std::is_empty_v<T> || is_standard_number<T>());

/// Converts to any base of `T`, and to nothing else.
template <class T>
struct AnyBase {
  template <class Base>
    requires(std::is_base_of_v<Base, T> && !std::same_as<Base, T>)
  operator Base() const;  // NOLINT(google-explicit-constructor): never called.
};

/// Converts to anything; each type of it is what initialises members of classes that can be copied,
/// or moved alone.
struct AnyCopied {
  std::size_t index;
  template <class Member>
  operator Member&() const&&;  // NOLINT(google-explicit-constructor): never called.
  template <class Member>
  operator Member&() const&;  // NOLINT(google-explicit-constructor): never called.
};
struct AnyMoved {
  std::size_t index;
  template <class Member>
  operator Member() const&&;  // NOLINT(google-explicit-constructor): never called.
};
template <class T>
using AnyFor = std::conditional_t<std::is_copy_constructible_v<T>, AnyCopied, AnyMoved>;

template <class T, std::size_t... Before>
constexpr bool takes_empty_braces(std::index_sequence<Before...> /*before*/) {
  return requires { T{AnyFor<T>{Before}..., {}}; };
}

template <class T, std::size_t... Before, std::size_t... After>
constexpr bool takes_empty_braces(std::index_sequence<Before...> /*before*/,
                                  std::index_sequence<After...> /*after*/) {
  return requires { T{AnyFor<T>{Before}..., {}, AnyFor<T>{After}...}; };
}

// An array in braces takes the place of all its elements, so that of the values that the class can
// be initialised with the last ones are too many.
template <class T, std::size_t... Index>
constexpr bool has_array_at(std::index_sequence<Index...> /*indices*/) {
  constexpr std::size_t count = sizeof...(Index);
  return ((takes_empty_braces<T>(std::make_index_sequence<Index>()) &&
           !takes_empty_braces<T>(std::make_index_sequence<Index>(),
                                  std::make_index_sequence<count - Index - 1>())) ||
          ...);
}

template <class T>
constexpr bool has_array_member() {
  return has_array_at<T>(std::make_index_sequence<boost::pfr::tuple_size_v<T>>());
}

/// Aggregates that Boost.PFR can take apart. It cannot see through bases, counts the elements of C
/// arrays as members, and takes references for values; members that cannot be assigned may be some.
template <class T>
concept AggregateClass =
    OrdinaryClass<T> && std::is_aggregate_v<T> && std::is_move_assignable_v<T> &&
    !requires { T{AnyBase<T>()}; } && !has_array_member<T>();

}  // namespace progeny::serial::detail
