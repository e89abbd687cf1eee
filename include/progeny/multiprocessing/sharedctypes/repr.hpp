#pragma once

// What Values and Arrays print: the text of Python's `repr`.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/sharedctypes/array.hpp>
#include <progeny/multiprocessing/sharedctypes/raw_array.hpp>
#include <progeny/multiprocessing/sharedctypes/value.hpp>

#include <concepts>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <type_traits>

namespace progeny::multiprocessing::detail {

/// The name of Python's type for `T` in `ctypes`, or `object` for a class.
template <class T>
[[nodiscard]] constexpr std::string_view ctype_of() noexcept {
  using Unsigned =
      std::make_unsigned_t<std::conditional_t<std::is_integral_v<T> && !std::is_same_v<T, bool> &&
                                                  !std::is_same_v<T, wchar_t>,
                                              T,
                                              int>>;
  if constexpr (std::is_same_v<T, bool>) {
    return "c_bool";
  } else if constexpr (std::is_same_v<T, char>) {
    return "c_char";
  } else if constexpr (std::is_same_v<T, wchar_t>) {
    return "c_wchar";
  } else if constexpr (std::is_same_v<T, float>) {
    return "c_float";
  } else if constexpr (std::is_same_v<T, double>) {
    return "c_double";
  } else if constexpr (std::is_same_v<T, long double>) {
    return "c_longdouble";
  } else if constexpr (!std::is_integral_v<T>) {
    return "object";
  } else if constexpr (sizeof(Unsigned) == sizeof(char)) {
    return std::is_signed_v<T> ? "c_byte" : "c_ubyte";
  } else if constexpr (sizeof(Unsigned) == sizeof(short)) {
    return std::is_signed_v<T> ? "c_short" : "c_ushort";
  } else if constexpr (sizeof(Unsigned) == sizeof(int)) {
    return std::is_signed_v<T> ? "c_int" : "c_uint";
  } else if constexpr (sizeof(Unsigned) == sizeof(long)) {
    return std::is_signed_v<T> ? "c_long" : "c_ulong";
  } else {
    return std::is_signed_v<T> ? "c_longlong" : "c_ulonglong";
  }
}

[[nodiscard]] PROGENY_EXPORT std::string repr_of_element(bool value);
[[nodiscard]] PROGENY_EXPORT std::string repr_of_element(char value);
[[nodiscard]] PROGENY_EXPORT std::string repr_of_element(wchar_t value);
[[nodiscard]] PROGENY_EXPORT std::string repr_of_element(double value);
[[nodiscard]] PROGENY_EXPORT std::string repr_of_element(long long value);
[[nodiscard]] PROGENY_EXPORT std::string repr_of_element(unsigned long long value);
/// `<multiprocessing.sharedctypes.c_int_Array_3 object at 0x7f22c6c0e000>`
[[nodiscard]] PROGENY_EXPORT std::string repr_of_array(std::string_view type,
                                                       std::size_t size,
                                                       const void* data);
/// `<object of 8 bytes at 0x7f22c6c0e000>`
[[nodiscard]] PROGENY_EXPORT std::string repr_of_object(std::size_t size, const void* data);

/// `c_int(5)`; for a class, the place alone.
template <class T>
[[nodiscard]] std::string repr_of_value(const T& value, const T* place) {
  std::string text(ctype_of<T>());
  if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, char> || std::is_same_v<T, wchar_t>) {
    return text + '(' + repr_of_element(value) + ')';
  } else if constexpr (std::is_floating_point_v<T>) {
    return text + '(' + repr_of_element(static_cast<double>(value)) + ')';
  } else if constexpr (std::is_integral_v<T>) {
    using Wide = std::conditional_t<std::is_signed_v<T>, long long, unsigned long long>;
    return text + '(' + repr_of_element(static_cast<Wide>(value)) + ')';
  } else {
    return repr_of_object(sizeof(T), place);
  }
}

}  // namespace progeny::multiprocessing::detail

namespace progeny::multiprocessing::sharedctypes {

/// The text of Python's `repr`: `c_int(5)`. For a class: `<object of 8 bytes at 0x7f22c6c0e000>`.
template <class T>
[[nodiscard]] std::string to_string(const RawValue<T>& value) {
  return detail::repr_of_value<T>(*value, value.data());
}
/// The text of Python's `repr`: `<Synchronized wrapper for c_int(5)>`. Reads under the lock.
/// - Throws: what the lock throws.
template <class T, class L>
[[nodiscard]] std::string to_string(const Value<T, L>& value) {
  return "<Synchronized wrapper for " +
         detail::repr_of_value<T>(value.value(), value.get_obj().data()) + '>';
}
/// The text of Python's `repr`, without the elements:
/// `<multiprocessing.sharedctypes.c_int_Array_3 object at 0x7f22c6c0e000>`.
template <class T>
[[nodiscard]] std::string to_string(const RawArray<T>& array) {
  return detail::repr_of_array(detail::ctype_of<T>(), array.size(), array.data());
}
/// The text of Python's `repr`: `<SynchronizedArray wrapper for ` and that of the `RawArray`.
template <class T, class L>
[[nodiscard]] std::string to_string(const Array<T, L>& array) {
  const std::string name = std::is_same_v<T, char> ? "<SynchronizedString" : "<SynchronizedArray";
  return name + " wrapper for " + to_string(array.get_obj()) + '>';
}

/// Writes `to_string`.
template <class T>
std::ostream& operator<<(std::ostream& out, const RawValue<T>& value) {
  return out << to_string(value);
}
/// Writes `to_string`.
template <class T, class L>
std::ostream& operator<<(std::ostream& out, const Value<T, L>& value) {
  return out << to_string(value);
}
/// Writes `to_string`.
template <class T>
std::ostream& operator<<(std::ostream& out, const RawArray<T>& array) {
  return out << to_string(array);
}
/// Writes `to_string`.
template <class T, class L>
std::ostream& operator<<(std::ostream& out, const Array<T, L>& array) {
  return out << to_string(array);
}

}  // namespace progeny::multiprocessing::sharedctypes
