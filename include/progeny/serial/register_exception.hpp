#pragma once

// Lets an exception type of a program travel between processes as itself. Both processes must
// register it; a child that runs the same program does so too.

#include <progeny/export.hpp>

#include <concepts>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

namespace progeny::serial {

namespace detail {

/// What the registry knows of a type, without the type.
struct ExceptionCodec {
  std::string name;
  const std::type_info* type = nullptr;
  /// The data of the exception that is being handled; nothing if it is of another type.
  std::function<std::optional<std::string>()> encode_current;
  /// The exception of these data; `nests`: with the one that is being handled nested in it.
  std::function<std::exception_ptr(std::string_view data, bool nests)> rebuild;
};

PROGENY_EXPORT void add_exception(ExceptionCodec codec);

/// `error` as something to throw. With `nests`, the exception that is being handled is nested in
/// it.
template <class Error>
std::exception_ptr exception_of(Error error, bool nests) {
  if (!nests) {
    return std::make_exception_ptr(std::move(error));
  }
  try {
    std::throw_with_nested(std::move(error));
  } catch (...) {
    return std::current_exception();
  }
}

template <class Error, class ToBytes>
std::optional<std::string> encode_current(const ToBytes& to_bytes) {
  try {
    throw;
  } catch (const Error& error) {
    return std::optional<std::string>(std::invoke(to_bytes, error));
  } catch (...) {
    return std::nullopt;
  }
}

template <class Error, class ToBytes, class FromBytes>
ExceptionCodec codec_for(std::string_view name, ToBytes to_bytes, FromBytes from_bytes) {
  return {.name = std::string(name),
          .type = &typeid(Error),
          .encode_current = [to_bytes] { return encode_current<Error>(to_bytes); },
          .rebuild =
              [from_bytes](std::string_view data, bool nests) {
                return exception_of<Error>(std::invoke(from_bytes, data), nests);
              }};
}

template <class Error>
ExceptionCodec codec_by_message(std::string_view name) {
  return codec_for<Error>(
      name,
      [](const Error& error) { return std::string(error.what()); },
      [](std::string_view message) { return Error(std::string(message)); });
}

}  // namespace detail

/// From now on exceptions of exactly the type `Error` travel as themselves: `to_bytes(error)` gives
/// their data as a string, `from_bytes(std::string_view)` builds an `Error` of them.
///
/// `name` stands for the type in the bytes and must be the same in both processes. If
/// `from_bytes` throws, the exception arrives as `RemoteError` with the type, the message and the
/// reason.
/// - Returns: true, so that a global variable's initialiser can call it.
/// - Throws: `ValueError` if the name is taken by another type, or the type has another name.
///   Registering the same again does nothing.
/// - Python: `copyreg.pickle`.
/// - Threads: safe.
template <class Error, class ToBytes, class FromBytes>
  requires std::invocable<const ToBytes&, const Error&> &&
           std::invocable<const FromBytes&, std::string_view>
bool register_exception(std::string_view name, ToBytes to_bytes, FromBytes from_bytes) {
  detail::add_exception(detail::codec_for<Error>(name, std::move(to_bytes), std::move(from_bytes)));
  return true;
}

/// The same for a type that is made from its message: built by `Error(std::string)` from `what()`.
template <class Error>
  requires std::derived_from<Error, std::exception> && std::constructible_from<Error, std::string>
bool register_exception(std::string_view name) {
  detail::add_exception(detail::codec_by_message<Error>(name));
  return true;
}

}  // namespace progeny::serial
