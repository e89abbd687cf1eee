#pragma once

// Lets types travel that have functions of cereal: member or free `serialize`, `save` and `load`,
// `save_minimal` and `load_minimal`, with or without a version. Include it where such types are
// declared. It needs cereal (Debian: libcereal-dev).
//
// Only the user's own functions are used as cereal would. What they pass to the archive goes back
// to `Codec`, and never to cereal's code for containers and pointers (<cereal/types/...>). That
// code trusts the bytes: it takes memory for as many elements as they announce, and for a shared
// pointer's number it hands out any object that was loaded before, whatever its type.

#include <progeny/serial.hpp>

#include <cereal/cereal.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

namespace progeny::serial {

/// The archive that functions of cereal save to.
class CerealWriter : public cereal::OutputArchive<CerealWriter> {
 public:
  /// Saves to `writer`, which is borrowed.
  explicit CerealWriter(Writer& writer)
      : cereal::OutputArchive<CerealWriter>(this), writer_(writer) {}

  /// Saves each of the values.
  template <class... Values>
  CerealWriter& operator()(const Values&... values) {
    (save_part(values), ...);
    return *this;
  }
  /// Saves a value.
  template <class Value>
  CerealWriter& operator&(const Value& value) {
    return (*this)(value);
  }
  /// Saves a value.
  template <class Value>
  CerealWriter& operator<<(const Value& value) {
    return (*this)(value);
  }

  /// Saves by the functions of cereal that the type has.
  template <class Value>
  void save_object(const Value& value) {
    cereal::OutputArchive<CerealWriter>::operator()(value);
  }

 private:
  template <class Value>
  void save_part(const Value& value) {
    writer_.write(value);
  }
  template <class Value>
  void save_part(const cereal::NameValuePair<Value>& pair) {
    save_part(pair.value);
  }
  template <class Count>
  void save_part(const cereal::SizeTag<Count>& tag) {
    writer_.write_count(static_cast<std::size_t>(tag.size));
  }
  template <class Data>
  void save_part(const cereal::BinaryData<Data>& data) {
    writer_.write_bytes(data.data, static_cast<std::size_t>(data.size));
  }
  template <class Base>
  void save_part(const cereal::base_class<Base>& base) {
    writer_.write(*base.base_ptr);
  }

  Writer& writer_;
};

/// The archive that functions of cereal load from. A count that they ask for by `make_size_tag` is
/// never larger than the bytes that are left. What they take for the elements is not counted as
/// memory of the message, as it is not known here.
class CerealReader : public cereal::InputArchive<CerealReader> {
 public:
  /// Loads from `reader`, which is borrowed.
  explicit CerealReader(Reader& reader)
      : cereal::InputArchive<CerealReader>(this), reader_(reader) {}

  /// Loads each of the values.
  template <class... Values>
  CerealReader& operator()(Values&&... values) {
    (load_part(values), ...);
    return *this;
  }
  /// Loads a value.
  template <class Value>
  CerealReader& operator&(Value&& value) {
    return (*this)(std::forward<Value>(value));
  }
  /// Loads a value.
  template <class Value>
  CerealReader& operator>>(Value&& value) {
    return (*this)(std::forward<Value>(value));
  }

  /// Loads by the functions of cereal that the type has.
  template <class Value>
  void load_object(Value& value) {
    cereal::InputArchive<CerealReader>::operator()(value);
  }

 private:
  template <class Value>
  void load_part(Value& value) {
    value = reader_.read<Value>();
  }
  template <class Value>
  void load_part(cereal::NameValuePair<Value>& pair) {
    load_part(pair.value);
  }
  template <class Count>
  void load_part(cereal::SizeTag<Count>& tag) {
    tag.size = static_cast<std::remove_reference_t<Count>>(reader_.read_count(1));
  }
  template <class Data>
  void load_part(cereal::BinaryData<Data>& data) {
    reader_.read_bytes(data.data, static_cast<std::size_t>(data.size));
  }
  template <class Base>
  void load_part(cereal::base_class<Base>& base) {
    *base.base_ptr = reader_.read<Base>();
  }

  Reader& reader_;
};

namespace detail {

/// What cereal itself hands to an archive: what `save_minimal` gives.
template <class T>
concept CerealMinimum = std::is_arithmetic_v<T> || std::same_as<T, std::string>;

template <class T>
concept HasCerealFunctions = std::is_class_v<T> && std::same_as<T, std::remove_cv_t<T>> &&
                             cereal::traits::is_output_serializable<T, CerealWriter>::value &&
                             cereal::traits::is_input_serializable<T, CerealReader>::value;

template <class T>
concept OtherClass = std::is_class_v<T> && !HidingClass<T> && !AggregateClass<T> && !Container<T> &&
                     !ComplexNumber<T> && !progeny::detail::FilesystemPath<T>;

/// How each class with functions of cereal travels.
template <class T>
struct CerealCodec {
  static void save(Writer& writer, const T& value) { CerealWriter(writer).save_object(value); }
  static T load(Reader& reader) {
    static_assert(std::default_initializable<T>,
                  "a class that is loaded by functions of cereal needs a default constructor that "
                  "everybody can call; without one, specialise progeny::serial::Codec for it");
    T value{};
    CerealReader(reader).load_object(value);
    return value;
  }
};

}  // namespace detail

/// Called by cereal, for what `save_minimal` gives.
template <detail::CerealMinimum T>
void save(CerealWriter& archive, const T& value) {
  archive(value);
}

/// Called by cereal, as above.
template <detail::CerealMinimum T>
void load(CerealReader& archive, T& value) {
  archive(value);
}

/// Called by cereal: it gives versions a name.
template <class Value>
void save(CerealWriter& archive, const cereal::NameValuePair<Value>& pair) {
  archive(pair);
}

/// Called by cereal, as above.
template <class Value>
void load(CerealReader& archive, cereal::NameValuePair<Value>& pair) {
  archive(pair);
}

// Three times, so that the functions of a class come before what could be done without them.

/// Classes with functions of cereal.
template <detail::OtherClass T>
  requires detail::HasCerealFunctions<T>
struct Codec<T> : detail::CerealCodec<T> {};

/// Trivially copyable ones, where only cereal may call the functions.
template <detail::HidingClass T>
  requires(detail::HasCerealFunctions<T> && !detail::PlainClass<T>)
struct Codec<T> : detail::CerealCodec<T> {};

/// The same if `plain_bytes` says more than is needed.
template <detail::PlainClass T>
  requires detail::HasCerealFunctions<T>
struct Codec<T> : detail::CerealCodec<T> {};

/// Aggregates, likewise.
template <detail::AggregateClass T>
  requires detail::HasCerealFunctions<T>
struct Codec<T> : detail::CerealCodec<T> {};

}  // namespace progeny::serial

namespace cereal::traits::detail {

// Which archive loads what the other has saved, for `save_minimal`.
template <>
struct get_output_from_input<progeny::serial::CerealReader> {
  using type = progeny::serial::CerealWriter;  // NOLINT(readability-identifier-naming): cereal's.
};
template <>
struct get_input_from_output<progeny::serial::CerealWriter> {
  using type = progeny::serial::CerealReader;  // NOLINT(readability-identifier-naming): cereal's.
};

}  // namespace cereal::traits::detail
