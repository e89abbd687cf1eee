#pragma once

// Tuples and arrays; values that may be missing, or of several types.

#include <progeny/pickle/convert.hpp>
#include <progeny/pickle/types/containers.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace progeny::pickle {

/// A list of a fixed length.
template <class T, std::size_t Size>
struct Adapter<std::array<T, Size>> {
  /// A list.
  [[nodiscard]] static Value from(const std::array<T, Size>& range)
    requires Picklable<T>
  {
    return Adapter<std::vector<T>>::from({range.begin(), range.end()});
  }
  /// A list or other sequence of that length.
  [[nodiscard]] static std::array<T, Size> to(const Value& value)
    requires Unpicklable<T>
  {
    const std::vector<Value> items = detail::members_of(value, Size);
    return [&]<std::size_t... Index>(std::index_sequence<Index...>) {
      return std::array<T, Size>{Adapter<T>::to(items[Index])...};
    }(std::make_index_sequence<Size>());
  }
};

/// tuple.
template <class... Ts>
struct Adapter<std::tuple<Ts...>> {
  /// A tuple.
  [[nodiscard]] static Value from(const std::tuple<Ts...>& tuple)
    requires(Picklable<Ts> && ...)
  {
    return std::apply(
        [](const Ts&... items) { return Value::tuple({Adapter<Ts>::from(items)...}); }, tuple);
  }
  /// A tuple or other sequence of that length.
  [[nodiscard]] static std::tuple<Ts...> to(const Value& value)
    requires(Unpicklable<Ts> && ...)
  {
    const std::vector<Value> items = detail::members_of(value, sizeof...(Ts));
    return [&]<std::size_t... Index>(std::index_sequence<Index...>) {
      return std::tuple<Ts...>{Adapter<Ts>::to(items[Index])...};
    }(std::index_sequence_for<Ts...>());
  }
};

/// A tuple of two.
template <class First, class Second>
struct Adapter<std::pair<First, Second>> {
  /// A tuple.
  [[nodiscard]] static Value from(const std::pair<First, Second>& pair)
    requires Picklable<First> && Picklable<Second>
  {
    return Value::tuple({Adapter<First>::from(pair.first), Adapter<Second>::from(pair.second)});
  }
  /// A tuple or other sequence of two.
  [[nodiscard]] static std::pair<First, Second> to(const Value& value)
    requires Unpicklable<First> && Unpicklable<Second>
  {
    const std::vector<Value> items = detail::members_of(value, 2);
    return {Adapter<First>::to(items[0]), Adapter<Second>::to(items[1])};
  }
};

/// None, or the value.
template <class T>
struct Adapter<std::optional<T>> {
  /// The value or None.
  [[nodiscard]] static Value from(const std::optional<T>& value)
    requires Picklable<T>
  {
    return value ? Adapter<T>::from(*value) : Value();
  }
  /// The value; None is none.
  [[nodiscard]] static std::optional<T> to(const Value& value)
    requires Unpicklable<T>
  {
    return value.is_none() ? std::nullopt : std::optional<T>(Adapter<T>::to(value));
  }
};

/// None, or what it points to.
template <class T>
struct Adapter<std::unique_ptr<T>> {
  /// The object or None.
  [[nodiscard]] static Value from(const std::unique_ptr<T>& value)
    requires Picklable<T>
  {
    return value ? Adapter<T>::from(*value) : Value();
  }
  /// A new object; None is none.
  [[nodiscard]] static std::unique_ptr<T> to(const Value& value)
    requires Unpicklable<T>
  {
    return value.is_none() ? nullptr : std::make_unique<T>(Adapter<T>::to(value));
  }
};

/// None.
template <>
struct Adapter<std::monostate> {
  /// None.
  [[nodiscard]] static Value from(std::monostate /*value*/) { return {}; }
  /// Only None.
  [[nodiscard]] static std::monostate to(const Value& value) {
    if (!value.is_none()) {
      detail::throw_no_alternative(value);
    }
    return {};
  }
};

/// The value that it holds.
template <class... Ts>
struct Adapter<std::variant<Ts...>> {
  /// The value that it holds.
  [[nodiscard]] static Value from(const std::variant<Ts...>& variant)
    requires(Picklable<Ts> && ...)
  {
    return std::visit([]<class T>(const T& value) { return Adapter<T>::from(value); }, variant);
  }
  /// The first alternative that takes the value without loss: so put `bool` before the numbers, and
  /// `int` before `double`.
  [[nodiscard]] static std::variant<Ts...> to(const Value& value)
    requires(Unpicklable<Ts> && ...)
  {
    std::optional<std::variant<Ts...>> found;
    static_cast<void>((try_one<Ts>(value, found) || ...));
    if (!found) {
      detail::throw_no_alternative(value);
    }
    return std::move(*found);
  }

 private:
  template <class T>
  static bool try_one(const Value& value, std::optional<std::variant<Ts...>>& found) {
    if constexpr (std::integral<T> && !std::same_as<T, bool>) {
      if (value.kind() == Kind::boolean) {
        return false;
      }
    }
    try {
      found.emplace(Adapter<T>::to(value));
    } catch (const TypeError&) {
      return false;
    } catch (const OverflowError&) {
      return false;
    } catch (const ValueError&) {
      return false;
    }
    return true;
  }
};

}  // namespace progeny::pickle
