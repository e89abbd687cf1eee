#pragma once

// The arguments of a call that comes from another process, which may be Python.

#include <progeny/base/errors.hpp>
#include <progeny/detail/never.hpp>
#include <progeny/export.hpp>
#include <progeny/pickle/value.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers {

namespace detail {

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

/// A value as a type of C++. Throws TypeError for another kind, OverflowError out of range.
template <class T>
[[nodiscard]] T to_native(const pickle::Value& value) {
  if constexpr (std::same_as<T, pickle::Value>) {
    return value;
  } else if constexpr (std::same_as<T, bool>) {
    return value.as_bool();
  } else if constexpr (std::integral<T>) {
    const std::int64_t number = value.as_int();
    if (!std::in_range<T>(number)) {
      throw OverflowError("the int " + value.repr() + " is out of range");
    }
    return static_cast<T>(number);
  } else if constexpr (std::floating_point<T>) {
    return static_cast<T>(value.as_float());
  } else if constexpr (std::same_as<T, std::string>) {
    return std::string(value.kind() == pickle::Kind::text ? value.as_text() : value.as_bytes());
  } else if constexpr (is_vector<T>) {
    T all;
    for (const pickle::Value& item : value.items()) {
      all.push_back(to_native<typename T::value_type>(item));
    }
    return all;
  } else {
    static_assert(progeny::detail::never<T>,
                  "take bool, numbers, std::string, pickle::Value, or vectors of them");
  }
}

/// A type of C++ as a value.
template <class T>
[[nodiscard]] pickle::Value from_native(const T& value) {
  if constexpr (is_vector<T>) {
    std::vector<pickle::Value> items;
    for (const auto& item : value) {
      items.push_back(from_native<typename T::value_type>(item));
    }
    return pickle::Value::list(std::move(items));
  } else {
    return pickle::Value(value);
  }
}

}  // namespace detail

/// Positional arguments and keyword arguments of one call.
///
/// - Python: `*args, **kwds`.
class PROGENY_EXPORT Arguments {
 public:
  /// None at all.
  Arguments() = default;
  /// These; each key is a str.
  explicit Arguments(std::vector<pickle::Value> args, std::vector<pickle::Value::Pair> kwds = {})
      : args_(std::move(args)), kwds_(std::move(kwds)) {}

  /// The positional ones.
  [[nodiscard]] const std::vector<pickle::Value>& args() const noexcept { return args_; }
  /// The others.
  [[nodiscard]] const std::vector<pickle::Value::Pair>& kwds() const noexcept { return kwds_; }

  /// The argument at `position`, or else of this name; null if there is none.
  [[nodiscard]] const pickle::Value* find(std::size_t position, std::string_view name) const;

  /// The argument as a `T`: `bool`, a number, `std::string`, `pickle::Value`, or a vector of them.
  /// - Throws: `TypeError` if it is missing or of another kind, `OverflowError` out of range.
  template <class T>
  [[nodiscard]] T get(std::size_t position, std::string_view name) const {
    const pickle::Value* const value = find(position, name);
    if (value == nullptr) {
      throw_missing(name);
    }
    return detail::to_native<T>(*value);
  }
  /// The same, or `otherwise` if there is none.
  template <class T>
  [[nodiscard]] T get(std::size_t position, std::string_view name, T otherwise) const {
    const pickle::Value* const value = find(position, name);
    return value == nullptr ? std::move(otherwise) : detail::to_native<T>(*value);
  }

  /// Throws `TypeError` if there are more than `count` arguments in all.
  void expect_at_most(std::size_t count) const;

 private:
  [[noreturn]] static void throw_missing(std::string_view name);

  std::vector<pickle::Value> args_;
  std::vector<pickle::Value::Pair> kwds_;
};

}  // namespace progeny::multiprocessing::managers
