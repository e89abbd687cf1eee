#pragma once

// How values of a type become bytes. Standard types and plain aggregates are known already
// (<progeny/serial.hpp>). For any other type, specialise `Codec`.

#include <progeny/serial/message.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/shape.hpp>
#include <progeny/serial/type_name.hpp>
#include <progeny/serial/writer.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace progeny::serial {

/// How a type travels. There is no general definition. A specialisation has
/// - `static void save(Writer& writer, const T& value)`, which writes what `load` needs. If it
///   throws, nothing is sent.
/// - `static T load(Reader& reader)`, which reads the same parts in the same order and checks them,
///   as the bytes may come from anywhere. `reader.fail("...")` refuses them.
///
/// Parts are written by `writer.write(part)` and read by `reader.read<Part>()`. The specialisation
/// must be visible wherever the type travels; the best place is beside the type. It serves process
/// arguments, queues and connections alike.
///
/// Optional:
/// - `static constexpr std::size_t min_size`: the fewest bytes that a value takes, not 0. It lets a
///   wrong count of elements be refused early. A type that cannot be moved needs it.
/// - `static constexpr void describe(Shape& shape)`: what the type consists of. Without it the
///   type's name tells it from other types.
///
/// - Python: `copyreg.pickle`, `ForkingPickler.register`.
/// - Example: tests/serial/user_codec_test.cpp
template <class T>
struct Codec;

/// Whether values of a trivially copyable class that hides its members travel as their bytes.
///
///     template <>
///     inline constexpr bool progeny::serial::plain_bytes<Money> = true;
///
/// says so for the class `Money`. It promises that no byte of it is a part of a pointer, a handle
/// or anything else that means something in one process only, and that any bytes are a valid value.
/// Padding arrives as zeros (with GCC; clang 19 cannot clear it, and sends it as it is).
///
/// Aggregates do not need it: they travel member by member.
template <class T>
inline constexpr bool plain_bytes = false;

namespace detail {

template <class T>
concept HasCodec = requires(Writer& writer, Reader& reader, const T& value) {
  Codec<T>::save(writer, value);
  { Codec<T>::load(reader) } -> std::same_as<T>;
};

template <class T>
concept DescribesItself = requires(Shape& shape) { Codec<T>::describe(shape); };

template <class T>
constexpr std::size_t declared_min_size() {
  if constexpr (requires { Codec<T>::min_size; }) {
    return Codec<T>::min_size;
  } else {
    return 0;
  }
}

/// The fewest bytes that any value takes. It is at least one, so that a count of elements can
/// always be checked against the bytes that are left.
template <class T>
inline constexpr std::size_t min_size = declared_min_size<T>() > 1 ? declared_min_size<T>() : 1;

/// Whether the bytes of a value in memory are what travels, so that arrays of it are copied at
/// once.
template <class T>
constexpr bool is_bulk() {
  if constexpr (requires { Codec<T>::bulk; }) {
    return Codec<T>::bulk;
  } else {
    return false;
  }
}

/// How many bytes of the stack one level of nesting keeps for objects that are being built; 0 if
/// the type adds no level. Levels are the types through which a type can contain itself, and all
/// types with a `Codec` of the user's.
template <class T>
constexpr std::size_t nesting() {
  if constexpr (requires { Codec<T>::nesting; }) {
    return Codec<T>::nesting;
  } else {
    return is_bulk<T>() ? 0 : sizeof(T);
  }
}

/// Base of the codecs that are no level of nesting by themselves.
struct AddsNoLevel {
  static constexpr std::size_t nesting = 0;
};

struct NoLevel {
  NoLevel(const auto& /*of*/, std::size_t /*bytes*/) noexcept {}
};

template <class T, class Stream>
using LevelIn = std::conditional_t<nesting<T>() != 0, typename Stream::Level, NoLevel>;

template <class T>
constexpr Shape shape_of() {
  Shape shape;
  shape.nested<T>();
  return shape;
}

/// What every message of this type begins with.
template <class T>
inline constexpr std::uint32_t fingerprint = shape_of<T>().fingerprint();

template <class T>
concept Addressed = std::is_pointer_v<T> || std::is_member_pointer_v<T> || std::is_reference_v<T> ||
                    std::is_function_v<T> || std::is_null_pointer_v<T>;

/// A class with hidden members that can be copied byte by byte. Lambdas are, too, but never travel.
template <class T>
concept HidesItsBytes =
    std::is_class_v<T> && std::is_trivially_copyable_v<T> && !std::is_aggregate_v<T> &&
    !std::is_polymorphic_v<T> && type_name<T>.find("lambda") == std::string_view::npos &&
    !type_name<T>.starts_with("std::");

/// Explains, once and at the type that is meant, why a value of it cannot travel.
template <class T>
constexpr void require_codec() {
  static_assert(
      !Addressed<T>,
      "this pointer or reference cannot travel: it means nothing in another process. Send "
      "what it points to: by value, in a container, std::unique_ptr or std::shared_ptr.");
  static_assert(!std::is_array_v<T>,
                "this array cannot travel: use std::array, std::vector or std::string.");
  static_assert(!HidesItsBytes<T> || HasCodec<T>,
                "this class could travel as its bytes, but nobody has said that they mean the same "
                "in another process. If no member is a pointer or a handle, write `template <> "
                "inline constexpr bool progeny::serial::plain_bytes<YourClass> = true;` beside the "
                "class. Otherwise specialise progeny::serial::Codec for it.");
  static_assert(
      Addressed<T> || std::is_array_v<T> || HidesItsBytes<T> || HasCodec<T>,
      "this type cannot travel to another process. Views, iterators and lambdas never do. "
      "Make it an aggregate of members that can (no bases, C arrays, references, const "
      "members), specialise progeny::serial::Codec for it, or give it functions of cereal "
      "and include <progeny/serial/cereal.hpp>.");
}

}  // namespace detail

template <class T>
constexpr void Shape::nested() noexcept {
  if constexpr (std::is_reference_v<T>) {
    // Written as the value. Nothing reads it back as a reference.
    nested<std::remove_cvref_t<T>>();
    refuse();
  } else if (const std::size_t steps = steps_up(type_name<T>)) {
    number(steps);
  } else if (depth_ == path_.size()) {
    name(type_name<T>);
  } else if constexpr (!detail::HasCodec<T>) {
    refuse();
  } else {
    path_[depth_++] = type_name<T>;
    if constexpr (detail::DescribesItself<T>) {
      Codec<T>::describe(*this);
    } else {
      kind(Kind::custom);
      name(type_name<T>);
    }
    --depth_;
  }
}

/// Types whose values can travel to another process, with all that they contain.
template <class T>
concept Transferable = detail::shape_of<T>().sound();

template <class T>
void Writer::write(const T& value) {
  detail::require_codec<T>();
  if constexpr (detail::HasCodec<T>) {
    const std::size_t before = size();
    const detail::LevelIn<T, Writer> level(*this, detail::nesting<T>());
    Codec<T>::save(*this, value);
    if (detail::declared_min_size<T>() == 0 && size() == before) {
      write_bytes("", 1);  // So that no count of elements can be larger than the message.
    }
  }
}

template <class T>
T Reader::read() {
  detail::require_codec<T>();
  if constexpr (detail::declared_min_size<T>() != 0) {
    const detail::LevelIn<T, Reader> level(*this, detail::nesting<T>());
    return Codec<T>::load(*this);
  } else if constexpr (detail::HasCodec<T>) {
    const std::size_t before = offset();
    const detail::LevelIn<T, Reader> level(*this, detail::nesting<T>());
    T value = Codec<T>::load(*this);
    if (offset() == before) {
      static_cast<void>(view_bytes(1));
    }
    return value;
  }
}

}  // namespace progeny::serial
