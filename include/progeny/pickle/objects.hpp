#pragma once

// Classes of Python's standard library: decimals, UUIDs, times, exceptions, and numpy's arrays.

#include <progeny/export.hpp>
#include <progeny/pickle/convert.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::pickle {

/// An exact decimal number, as its text: `1.50`, `-1E+3`, `NaN`.
/// - Python: `decimal.Decimal`.
struct Decimal {
  /// Python's `str` of it.
  std::string text = "0";

  friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// - Python: `uuid.UUID`.
struct Uuid {
  /// In the order of the text: the first byte is the first two digits.
  std::array<std::uint8_t, 16> bytes = {};

  /// `12345678-1234-5678-1234-567812345678`.
  [[nodiscard]] PROGENY_EXPORT std::string text() const;

  friend bool operator==(const Uuid&, const Uuid&) = default;
};

/// A block of numbers with a shape.
/// - Python: `numpy.ndarray`.
struct NdArray {
  /// The type of an item, as numpy writes it: `<f8`, `|u1`, `>i4`.
  std::string dtype = "<f8";
  /// The lengths of its dimensions; none for a single number.
  std::vector<std::size_t> shape = {};
  /// Whether the first dimension is the one whose items lie side by side.
  bool is_fortran = false;
  /// The items.
  std::string data = {};

  friend bool operator==(const NdArray&, const NdArray&) = default;
};

/// An exception of Python, with what it was made from.
struct Exception {
  /// `builtins` for most.
  std::string module = "builtins";
  /// `ValueError`.
  std::string name = "Exception";
  /// What it was made with: most have one text.
  std::vector<Value> args = {};
  /// Its other attributes, a dict, or None.
  Value attributes = {};

  /// What Python's `str` says of it.
  [[nodiscard]] PROGENY_EXPORT std::string text() const;
};

/// The exception of Python that comes nearest to one of C++: `ValueError` for `ValueError`,
/// `FileNotFoundError` for an `OSError` with that code, `RuntimeError` for what is not known.
[[nodiscard]] PROGENY_EXPORT Exception exception_of(const std::exception& error);

/// Throws the exception of C++ that comes nearest to one of Python: `KeyError`, `IndexError`,
/// `TypeError`, `ValueError`, `OverflowError`, `EOFError`, `OSError` with its code,
/// `NotImplementedError`, `LookupError`; else `RuntimeError` with the name before the text.
[[noreturn]] PROGENY_EXPORT void throw_exception(const Exception& exception);

namespace detail {

/// Microseconds as a timedelta, and back.
[[nodiscard]] PROGENY_EXPORT Value timedelta_of(std::int64_t microseconds);
[[nodiscard]] PROGENY_EXPORT std::int64_t microseconds_of(const Value& timedelta);

/// Microseconds since 1970 as a datetime in UTC, and back.
[[nodiscard]] PROGENY_EXPORT Value datetime_of(std::int64_t microseconds);
[[nodiscard]] PROGENY_EXPORT std::int64_t since_epoch(const Value& datetime);

/// Days since 1970 as a date, and back.
[[nodiscard]] PROGENY_EXPORT Value date_of(std::int64_t days);
[[nodiscard]] PROGENY_EXPORT std::int64_t days_of(const Value& date);

}  // namespace detail

/// decimal.Decimal.
template <>
struct PROGENY_EXPORT Adapter<Decimal> {
  /// A Decimal.
  [[nodiscard]] static Value from(const Decimal& value);
  /// A Decimal, or an int.
  [[nodiscard]] static Decimal to(const Value& value);
};

/// uuid.UUID.
template <>
struct PROGENY_EXPORT Adapter<Uuid> {
  /// A UUID.
  [[nodiscard]] static Value from(const Uuid& value);
  /// A UUID.
  [[nodiscard]] static Uuid to(const Value& value);
};

/// numpy.ndarray.
template <>
struct PROGENY_EXPORT Adapter<NdArray> {
  /// An array that numpy 1 and 2 read.
  [[nodiscard]] static Value from(const NdArray& value);
  /// An array of numpy 1 or 2. One of Python objects is a `TypeError`.
  [[nodiscard]] static NdArray to(const Value& value);
};

/// Exceptions.
template <>
struct PROGENY_EXPORT Adapter<Exception> {
  /// The call that makes it.
  [[nodiscard]] static Value from(const Exception& value);
  /// Any object that is made by calling a global: whether that is an exception is not known.
  [[nodiscard]] static Exception to(const Value& value);
};

/// datetime.timedelta, whose unit is the microsecond. Finer durations are cut off.
template <class Rep, class Period>
struct Adapter<std::chrono::duration<Rep, Period>> {
  /// A timedelta.
  [[nodiscard]] static Value from(std::chrono::duration<Rep, Period> value) {
    return detail::timedelta_of(
        std::chrono::duration_cast<std::chrono::microseconds>(value).count());
  }
  /// A timedelta.
  [[nodiscard]] static std::chrono::duration<Rep, Period> to(const Value& value) {
    return std::chrono::duration_cast<std::chrono::duration<Rep, Period>>(
        std::chrono::microseconds(detail::microseconds_of(value)));
  }
};

/// datetime.datetime. Days and coarser are a datetime.date.
template <class Duration>
struct Adapter<std::chrono::time_point<std::chrono::system_clock, Duration>> {
  /// The type.
  using Time = std::chrono::time_point<std::chrono::system_clock, Duration>;
  /// Whether it is a date.
  static constexpr bool is_date =
      std::ratio_greater_equal_v<typename Duration::period, std::ratio<86'400>>;

  /// A datetime in UTC, or a date.
  [[nodiscard]] static Value from(Time time) {
    using std::chrono::duration_cast;
    if constexpr (is_date) {
      using Days = std::chrono::duration<std::int64_t, std::ratio<86'400>>;
      return detail::date_of(duration_cast<Days>(time.time_since_epoch()).count());
    } else {
      return detail::datetime_of(
          duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count());
    }
  }
  /// A datetime: with a fixed offset, or without a zone, which is then taken for UTC. Or a date.
  [[nodiscard]] static Time to(const Value& value) {
    using std::chrono::duration_cast;
    if constexpr (is_date) {
      using Days = std::chrono::duration<std::int64_t, std::ratio<86'400>>;
      return Time(duration_cast<Duration>(Days(detail::days_of(value))));
    } else {
      return Time(duration_cast<Duration>(std::chrono::microseconds(detail::since_epoch(value))));
    }
  }
};

}  // namespace progeny::pickle
