#pragma once

// Between C++ types and the values of Python.

#include <progeny/base/bytes.hpp>
#include <progeny/pickle/pickle.hpp>
#include <progeny/pickle/types/direct.hpp>
#include <progeny/pickle/value.hpp>

#include <string>

namespace progeny::pickle {

/// How a type becomes a value, and a value the type. Specialise it for a type of your own:
///
/// ```cpp
/// template <>
/// struct progeny::pickle::Adapter<Colour> {
///   static Value from(const Colour& colour) { return colour.name(); }
///   static Colour to(const Value& value) { return Colour::named(value.as_text()); }
/// };
/// ```
///
/// <progeny/pickle/types.hpp> has these for the types of the language and the standard library.
template <class T>
struct Adapter;

/// Types that can be pickled.
template <class T>
concept Picklable = requires(const T& value) {
  { Adapter<T>::from(value) } -> std::same_as<Value>;
};

/// Types that a value can become.
template <class T>
concept Unpicklable = requires(const Value& value) {
  { Adapter<T>::to(value) } -> std::same_as<T>;
};

/// The value of Python that stands for `value`.
///
/// - Throws: `ValueError` for text that is no UTF-8.
template <Picklable T>
[[nodiscard]] Value from(const T& value) {
  return Adapter<T>::from(value);
}

/// The value as a C++ type.
///
/// - Throws: `TypeError` if the kinds do not fit, `OverflowError` for a number that the type does
/// not
///   have, `ValueError` for another count of members.
template <Unpicklable T>
[[nodiscard]] T to(const Value& value) {
  return Adapter<T>::to(value);
}

/// Pickles a value of a C++ type.
/// - Python: `pickle.dumps`.
/// - Example: examples/multiprocessing/pickle.cpp
template <Picklable T>
  requires(!std::same_as<T, Value>)
[[nodiscard]] std::string dumps(const T& value, const DumpOptions& options = {}) {
  if constexpr (detail::Direct<T>) {
    if (options.protocol > 2) {
      detail::DirectWriter writer(options.protocol);
      detail::write_direct(writer, value);
      return std::move(writer).take();
    }
  }
  return dumps(from(value), options);
}

/// Reads a pickle as a C++ type.
/// - Python: `pickle.loads`.
/// - Throws: `UnpicklingError`, and what `to` throws.
template <Unpicklable T>
[[nodiscard]] T loads(BytesView data, const LoadLimits& limits = {}) {
  if constexpr (detail::DirectlyRead<T>) {
    if (T value; detail::read_direct(data, limits, value)) {
      return value;
    }
  }
  return to<T>(loads(data, limits));
}

/// A value is itself.
template <>
struct Adapter<Value> {
  /// The same value.
  [[nodiscard]] static Value from(const Value& value) { return value; }
  /// The same value.
  [[nodiscard]] static Value to(const Value& value) { return value; }
};

}  // namespace progeny::pickle
