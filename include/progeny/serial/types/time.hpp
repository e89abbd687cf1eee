#pragma once

// Durations and points in time.

#include <progeny/detail/durations.hpp>
#include <progeny/serial/codec.hpp>
#include <progeny/serial/types/scalars.hpp>

#include <cstddef>
#include <cstdint>

namespace progeny::serial {

/// The number of ticks. How long a tick is, is part of the type.
template <class Rep, class Period>
struct Codec<std::chrono::duration<Rep, Period>> : detail::AddsNoLevel {
  using Duration = std::chrono::duration<Rep, Period>;
  static constexpr std::size_t min_size = detail::min_size<Rep>;
  static constexpr bool bulk = detail::is_bulk<Rep>() && sizeof(Duration) == sizeof(Rep);
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::duration);
    shape.number(static_cast<std::uint64_t>(Period::num));
    shape.number(static_cast<std::uint64_t>(Period::den));
    shape.nested<Rep>();
  }
  static void save(Writer& writer, const Duration& value) { writer.write(value.count()); }
  static Duration load(Reader& reader) { return Duration(reader.read<Rep>()); }
};

/// The duration since the clock's epoch. All processes of a machine share that of the steady clock.
template <class Clock, class Duration>
struct Codec<std::chrono::time_point<Clock, Duration>> : detail::AddsNoLevel {
  using Point = std::chrono::time_point<Clock, Duration>;
  static constexpr std::size_t min_size = detail::min_size<Duration>;
  static constexpr bool bulk = detail::is_bulk<Duration>() && sizeof(Point) == sizeof(Duration);
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::time_point);
    shape.name(type_name<Clock>);
    shape.nested<Duration>();
  }
  static void save(Writer& writer, const Point& value) { writer.write(value.time_since_epoch()); }
  static Point load(Reader& reader) { return Point(reader.read<Duration>()); }
};

}  // namespace progeny::serial
