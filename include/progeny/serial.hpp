#pragma once

// Values to bytes and back, for another process of this machine. What can travel: numbers, strings,
// containers, optional, variant, tuple, owning pointers, times, paths, handles, aggregates of all
// these without a word written, and every type with a `serial::Codec` of its own.
//
// The bytes are the native form: both ends run on one machine and declare the same types. They are
// no file format.

// IWYU pragma: begin_exports
#include <progeny/serial/codec.hpp>
#include <progeny/serial/errors.hpp>
#include <progeny/serial/message.hpp>
#include <progeny/serial/types/alternatives.hpp>
#include <progeny/serial/types/bits.hpp>
#include <progeny/serial/types/classes.hpp>
#include <progeny/serial/types/containers.hpp>
#include <progeny/serial/types/pointers.hpp>
#include <progeny/serial/types/scalars.hpp>
#include <progeny/serial/types/system.hpp>
#include <progeny/serial/types/time.hpp>
#include <progeny/serial/types/tuples.hpp>
// IWYU pragma: end_exports

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::serial {

namespace detail {

template <class T>
Outgoing encode(const T& value, Handles handles) {
  require_codec<T>();
  Writer writer(handles);
  if constexpr (HasCodec<T>) {
    const std::uint32_t mark = fingerprint<T>;
    writer.write_bytes(&mark, sizeof mark);
    writer.write(value);
  }
  return writer.take();
}

template <class T>
T decode(Reader& reader) {
  require_codec<T>();
  if constexpr (HasCodec<T>) {
    reader.expect_fingerprint(fingerprint<T>);
    T value = reader.read<T>();
    reader.expect_end();
    return value;
  }
}

}  // namespace detail

/// Encodes a value, and lists the handles in it. `handles` says whether it may have any.
///
/// A type that cannot travel does not compile, and the message of the compiler names it.
/// - Throws: ValueError for a value that cannot travel: nested deeper than `max_depth`, a ring of
///   shared pointers, a variant without value; RuntimeError for a handle where none may be; what a
///   `Codec` of the user throws. Nothing has been sent then.
/// - Python: `pickle.dumps`, `ForkingPickler.dumps`.
template <class T>
[[nodiscard]] Outgoing encode(const T& value, Handles handles = Handles::allowed) {
  return detail::encode(value, handles);
}

/// Decodes a message that holds a `T` and nothing else. Runs nothing but constructors and the
/// `Codec`s of users. Handles that the value does not take are closed.
/// - Throws: DecodeError if the bytes are no `T`: of another structure, cut off, garbage, or if it
///   takes more memory than `message.max_memory`.
/// - Python: `pickle.loads`.
template <class T>
[[nodiscard]] T decode(Incoming message) {
  Reader reader(message.bytes, message.handles, type_name<T>, message.origin);
  reader.limit_memory(message.max_memory);
  return detail::decode<T>(reader);
}

/// Encodes a value that holds no handles.
/// - Throws: as `encode`.
template <class T>
[[nodiscard]] std::string to_bytes(const T& value) {
  return detail::encode(value, Handles::refused).bytes;
}

/// Decodes a value that holds no handles.
/// - Throws: as `decode`.
template <class T>
[[nodiscard]] T from_bytes(std::string_view bytes, std::size_t max_memory = any_memory) {
  Reader reader(bytes, {}, type_name<T>);
  reader.limit_memory(max_memory);
  return detail::decode<T>(reader);
}

}  // namespace progeny::serial
