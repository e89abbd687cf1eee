#pragma once

// How values of a type travel, and whether they can.

#include <progeny/serial/archive.hpp>
#include <progeny/serial/detail/built_in.hpp>

namespace progeny::serial {

/// Writes values of a type, and makes them again. To give your own type one, specialise it:
///
/// ```cpp
/// template <>
/// struct progeny::serial::Codec<Money> {
///   static void save(Writer& writer, const Money& money) { save_value(writer, money.cents()); }
///   static Money load(Reader& reader) { return Money(load_value<long>(reader)); }
/// };
/// ```
///
/// Not needed for what travels by itself: see `Transferable`.
template <class T>
struct Codec : detail::BuiltInCodec<T> {};

/// Types whose values travel to other processes: numbers, enumerations, strings, the containers of
/// the standard library and their kin, `optional`, `variant`, `tuple`, durations and time points,
/// `filesystem::path`, `unique_ptr`, `shared_ptr` (what is shared stays shared within a message),
/// other trivially copyable classes, plain aggregates of such, types with cereal functions
/// (<progeny/serial/cereal.hpp>), kernel objects of progeny, and types with a `Codec`. Not
/// pointers, references and views, wherever they are: they mean nothing in another process.
template <class T>
concept Transferable = detail::travels<T>();

/// Writes one value after what was written.
template <class T>
void save_value(Writer& writer, const T& value) {
  detail::require_transferable<T>();
  Codec<T>::save(writer, value);
}

/// Reads one value after what was read.
template <class T>
[[nodiscard]] T load_value(Reader& reader) {
  detail::require_transferable<T>();
  return Codec<T>::load(reader);
}

}  // namespace progeny::serial

#include <progeny/serial/detail/codecs.hpp>
