#pragma once

// Which exception types travel as themselves.

#include <progeny/serial/register_exception.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

namespace progeny::serial::detail {

/// The codec of `type`, which may be the class that `std::throw_with_nested` made of a registered
/// type; null if there is none.
[[nodiscard]] std::shared_ptr<const ExceptionCodec> codec_of(const std::type_info& type);

/// The codec of the type with that name in the bytes; null if there is none.
[[nodiscard]] std::shared_ptr<const ExceptionCodec> codec_named(std::string_view name);

/// Registers the exception when the registry is first used. For the library's own types, whose
/// names nothing else can have taken.
void add_exception_later(ExceptionCodec codec);

/// As `serial::register_exception`, but by `add_exception_later`.
template <class Error, class ToBytes, class FromBytes>
bool register_later(std::string_view name, ToBytes to_bytes, FromBytes from_bytes) {
  add_exception_later(codec_for<Error>(name, std::move(to_bytes), std::move(from_bytes)));
  return true;
}
template <class Error>
bool register_later(std::string_view name) {
  add_exception_later(codec_by_message<Error>(name));
  return true;
}

/// Appends the codecs of the standard library's exceptions.
void add_standard_exceptions(std::vector<ExceptionCodec>& codecs);

/// Appends the codecs of the exceptions of progeny's base and of this folder.
void add_own_exceptions(std::vector<ExceptionCodec>& codecs);

}  // namespace progeny::serial::detail
