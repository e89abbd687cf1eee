#pragma once

// What arrives when a value has travelled.

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace progeny::testing {

/// The value, made of its bytes.
template <class T>
[[nodiscard]] T round_trip(const T& value) {
  return serial::from_bytes<T>(serial::to_bytes(value));
}

/// The sentence of the DecodeError that the bytes cause, or that there was none.
template <class T>
[[nodiscard]] std::string decoding_error(std::string_view bytes) {
  try {
    static_cast<void>(serial::from_bytes<T>(bytes));
  } catch (const serial::DecodeError& error) {
    return error.reason();
  }
  return "no error";
}

/// A message of this type that goes on with other bytes than a value of it does.
template <class T>
[[nodiscard]] std::string forged(std::string_view body) {
  const std::uint32_t mark = serial::detail::fingerprint<T>;
  std::string message(reinterpret_cast<const char*>(&mark), sizeof mark);
  return message.append(body);
}

}  // namespace progeny::testing
