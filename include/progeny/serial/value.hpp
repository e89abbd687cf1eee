#pragma once

// Values to bytes and back.

#include <progeny/serial/codec.hpp>
#include <progeny/serial/detail/shape.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace progeny::serial {

/// Encodes a value whose handles go beside its bytes.
///
/// - Throws: what the value's `Codec` throws; nothing has been sent then.
template <class T>
[[nodiscard]] Outgoing encode(const T& value) {
  Writer writer(Writer::Handles::carried);
  detail::save_message(writer, value);
  return std::move(writer).take();
}

/// Decodes a value of that very type.
///
/// - Throws: `DecodeError` if the message holds anything else.
template <class T>
[[nodiscard]] T decode(Incoming message) {
  Reader reader(std::move(message));
  return detail::load_message<T>(reader);
}

/// Encodes a value that holds no handles. Throws `RuntimeError` if it does.
template <class T>
[[nodiscard]] std::string to_bytes(const T& value) {
  Writer writer(Writer::Handles::refused);
  detail::save_message(writer, value);
  return std::move(writer).take().bytes;
}

/// Decodes a value that `to_bytes` has encoded. Throws `DecodeError` if the bytes hold anything
/// else.
template <class T>
[[nodiscard]] T from_bytes(std::string_view bytes) {
  return decode<T>(Incoming{.bytes = bytes, .handles = {}});
}

}  // namespace progeny::serial
