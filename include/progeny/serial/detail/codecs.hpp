#pragma once

// The codecs of what travels by itself. Not for users. Written anew and not taken from cereal,
// whose containers take memory before lengths are checked, and whose shared pointers believe a
// number that names an object of another type.

#include <progeny/serial/codec.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <typeindex>

namespace progeny::serial::detail {

/// The fewest bytes that a value takes; at least one, so that a length says something about memory.
template <class T>
consteval std::size_t smallest_size() {
  if constexpr (Scalar<T>) {
    return sizeof(T);
  } else if constexpr (Iterable<T> && !is_std_array<T>) {
    return sizeof(std::uint64_t);
  } else {
    return 1;
  }
}

template <class T>
[[nodiscard]] T load_bytes(Reader& reader) {
  std::array<char, sizeof(T)> bytes;
  std::memcpy(bytes.data(), reader.take(sizeof(T)), sizeof(T));
  return std::bit_cast<T>(bytes);
}

template <class T>
  requires Scalar<T> || Opaque<T>
struct BuiltInCodec<T> {
  static void save(Writer& writer, const T& value) { writer.put(&value, sizeof value); }
  static T load(Reader& reader) { return load_bytes<T>(reader); }
};

// Ten bytes count on x86-64; the rest is padding, which must not travel.
template <>
struct BuiltInCodec<long double> {
  static void save(Writer& writer, const long double& value) {
    std::array<char, sizeof value> bytes{};
    std::memcpy(bytes.data(), &value, std::min<std::size_t>(sizeof value, 10));
    writer.put(bytes.data(), bytes.size());
  }
  static long double load(Reader& reader) { return load_bytes<long double>(reader); }
};

template <>
struct BuiltInCodec<bool> {
  static void save(Writer& writer, bool value) { writer.put(&value, 1); }
  static bool load(Reader& reader) {
    const char byte = *reader.take(1);
    if (byte != 0 && byte != 1) {
      reader.fail("a bool is neither true nor false");
    }
    return byte == 1;
  }
};

template <>
struct BuiltInCodec<std::monostate> {
  static void save(Writer& writer, const std::monostate& /*nothing*/) { writer.put("", 1); }
  static std::monostate load(Reader& reader) {
    static_cast<void>(reader.take(1));
    return {};
  }
};

template <class T>
  requires is_instance<T, std::chrono::duration>
struct BuiltInCodec<T> {
  static void save(Writer& writer, const T& value) { save_value(writer, value.count()); }
  static T load(Reader& reader) { return T(load_value<typename T::rep>(reader)); }
};

template <class T>
  requires is_instance<T, std::chrono::time_point>
struct BuiltInCodec<T> {
  static void save(Writer& writer, const T& value) { save_value(writer, value.time_since_epoch()); }
  static T load(Reader& reader) { return T(load_value<typename T::duration>(reader)); }
};

template <BulkSequence T>
struct BuiltInCodec<T> {
  static void save(Writer& writer, const T& values) {
    writer.put_size(values.size());
    writer.put(std::data(values), values.size() * sizeof(typename T::value_type));
  }
  static T load(Reader& reader) {
    const std::size_t size = reader.take_size(sizeof(typename T::value_type));
    T values;
    values.resize(size);
    const std::size_t bytes = size * sizeof(typename T::value_type);
    if (bytes != 0) {
      std::memcpy(std::data(values), reader.take(bytes), bytes);
    }
    return values;
  }
};

template <class T>
  requires((Sequence<T> && !BulkSequence<T>) || Associative<T>)
struct BuiltInCodec<T> {
  static void save(Writer& writer, const T& values) {
    writer.put_size(std::size(values));
    for (const auto& value : values) {
      // A bool of vector<bool> is an object that stands for one.
      save_value<std::remove_cv_t<typename T::value_type>>(writer, value);
    }
  }
  static T load(Reader& reader) {
    const Reader::Level level(reader);
    T values;
    for (auto left = reader.take_size(smallest_size<Element<T>>()); left != 0; --left) {
      if constexpr (Associative<T>) {
        values.insert(load_value<Element<T>>(reader));
      } else {
        values.push_back(load_value<Element<T>>(reader));
      }
    }
    return values;
  }
};

template <class T>
  requires is_std_array<T>
struct BuiltInCodec<T> {
  static void save(Writer& writer, const T& values) {
    for (const auto& value : values) {
      save_value(writer, value);
    }
    pad_if_empty(writer);
  }
  static T load(Reader& reader) {
    return load_all(reader, std::make_index_sequence<std::tuple_size_v<T>>());
  }

 private:
  static void pad_if_empty(Writer& writer) {
    if (std::tuple_size_v<T> == 0) {
      writer.put("", 1);
    }
  }
  template <std::size_t... Index>
  static T load_all(Reader& reader, std::index_sequence<Index...> /*indices*/) {
    if constexpr (sizeof...(Index) == 0) {
      static_cast<void>(reader.take(1));
      return {};
    } else {
      // The elements of a braced list are read in order ([dcl.init.list]).
      return T{{(static_cast<void>(Index), load_value<typename T::value_type>(reader))...}};
    }
  }
};

template <Path T>
struct BuiltInCodec<T> {
  static void save(Writer& writer, const T& path) { save_value(writer, path.string()); }
  static T load(Reader& reader) { return T(load_value<std::string>(reader)); }
};

template <class T>
  requires is_instance<T, std::optional>
struct BuiltInCodec<T> {
  static void save(Writer& writer, const T& value) {
    save_value(writer, value.has_value());
    if (value) {
      save_value(writer, *value);
    }
  }
  static T load(Reader& reader) {
    if (!load_value<bool>(reader)) {
      return std::nullopt;
    }
    return load_value<typename T::value_type>(reader);
  }
};

template <class... Types>
struct BuiltInCodec<std::variant<Types...>> {
  using Value = std::variant<Types...>;
  static void save(Writer& writer, const Value& value) {
    if (value.valueless_by_exception()) {
      throw ValueError("a variant that lost its value to an exception cannot travel");
    }
    writer.put_size(value.index());
    std::visit([&](const auto& held) { save_value(writer, held); }, value);
  }
  static Value load(Reader& reader) {
    const std::uint64_t index = load_bytes<std::uint64_t>(reader);
    if (index >= sizeof...(Types)) {
      reader.fail("a variant has no such alternative");
    }
    return load_alternative(reader, index, std::index_sequence_for<Types...>());
  }

 private:
  template <std::size_t... Index>
  static Value load_alternative(Reader& reader,
                                std::uint64_t index,
                                std::index_sequence<Index...> /*indices*/) {
    using Load = Value (*)(Reader&);
    static constexpr std::array<Load, sizeof...(Types)> loads{
        [](Reader& from) { return Value(std::in_place_index<Index>, load_value<Types>(from)); }...};
    return loads[index](reader);
  }
};

template <TupleLike T>
struct BuiltInCodec<T> {
  static void save(Writer& writer, const T& values) {
    std::apply([&](const auto&... value) { (save_value(writer, value), ...); }, values);
    if constexpr (std::tuple_size_v<T> == 0) {
      writer.put("", 1);
    }
  }
  static T load(Reader& reader) {
    return load_all(reader, std::make_index_sequence<std::tuple_size_v<T>>());
  }

 private:
  template <std::size_t... Index>
  static T load_all(Reader& reader, std::index_sequence<Index...> /*indices*/) {
    if constexpr (sizeof...(Index) == 0) {
      static_cast<void>(reader.take(1));
    }
    return T{load_value<std::tuple_element_t<Index, T>>(reader)...};
  }
};

template <class T>
  requires is_instance<T, std::unique_ptr>
struct BuiltInCodec<T> {
  static void save(Writer& writer, const T& pointer) {
    save_value(writer, pointer != nullptr);
    if (pointer) {
      save_value(writer, *pointer);
    }
  }
  static T load(Reader& reader) {
    const Reader::Level level(reader);
    if (!load_value<bool>(reader)) {
      return nullptr;
    }
    return T(new typename T::element_type(load_value<typename T::element_type>(reader)));
  }
};

template <class T>
  requires is_instance<T, std::shared_ptr>
struct BuiltInCodec<T> {
  using Object = std::remove_const_t<typename T::element_type>;
  static void save(Writer& writer, const T& pointer) {
    save_value(writer, pointer != nullptr);
    if (pointer && writer.put_shared(pointer.get(), typeid(Object))) {
      save_value<Object>(writer, *pointer);
    }
  }
  static T load(Reader& reader) {
    const Reader::Level level(reader);
    if (!load_value<bool>(reader)) {
      return nullptr;
    }
    std::uint32_t number = 0;
    if (const auto known = reader.take_shared(typeid(Object), number)) {
      return std::static_pointer_cast<Object>(known);
    }
    auto object = std::make_shared<Object>(load_value<Object>(reader));
    reader.keep_shared(number, typeid(Object), object);
    return object;
  }
};

// Field by field, so that what lies between the fields does not travel.
template <Plain T>
struct BuiltInCodec<T> {
  static constexpr std::size_t count = boost::pfr::tuple_size_v<T>;
  static void save(Writer& writer, const T& value) {
    save_all(writer, value, std::make_index_sequence<count>());
  }
  static T load(Reader& reader) { return load_all(reader, std::make_index_sequence<count>()); }

 private:
  template <std::size_t... Index>
  static void save_all(Writer& writer, const T& value, std::index_sequence<Index...> /*indices*/) {
    if constexpr (count == 0) {
      writer.put("", 1);
    }
    (save_value(writer, boost::pfr::get<Index>(value)), ...);
  }
  template <std::size_t... Index>
  static T load_all(Reader& reader, std::index_sequence<Index...> /*indices*/) {
    if constexpr (count == 0) {
      static_cast<void>(reader.take(1));
    }
    return T{load_value<boost::pfr::tuple_element_t<Index, T>>(reader)...};
  }
};

}  // namespace progeny::serial::detail

namespace progeny::serial {

/// A handle travels beside the bytes; the receiver gets a duplicate.
template <>
struct Codec<Handle> {
  /// The handle stays the caller's.
  static void save(Writer& writer, const Handle& handle) { writer.put_handle(handle.get()); }
  /// A handle of this process's own.
  static Handle load(Reader& reader) { return reader.take_handle(); }
};

}  // namespace progeny::serial
