#pragma once

// Functions by their place in the program, or by a name: what another process that runs the same
// program needs to call the same function.

#include <progeny/base/errors.hpp>
#include <progeny/export.hpp>
#include <progeny/serial/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace progeny::serial {

/// A function is not where another process said that it is: the two run different programs, or the
/// message was damaged. Nothing has been called.
class PROGENY_EXPORT FunctionNotFound : public LookupError {
 public:
  using LookupError::LookupError;
};

namespace detail {

/// The name of `T`, or of the value `V`, as the compiler writes it, as a number.
template <class T>
consteval std::uint64_t type_hash() {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : name_of_type<T>()) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  }
  return hash;
}

template <auto Value>
struct Constant {};

using AnyFunction = void (*)();

/// Where a function is; empty name: it is not registered.
struct FunctionPlace {
  std::string module;    ///< Its file; empty for the program itself.
  std::string build_id;  ///< What tells builds of the module apart.
  std::uint64_t offset = 0;
  std::uint64_t type = 0;
  std::string name;
};

PROGENY_EXPORT FunctionPlace place_of(AnyFunction function, std::uint64_t type);
PROGENY_EXPORT AnyFunction function_at(const FunctionPlace& place, std::uint64_t type);
PROGENY_EXPORT void register_function(std::string_view name,
                                      AnyFunction function,
                                      std::uint64_t type);
PROGENY_EXPORT FunctionPlace registered(std::string_view name);

}  // namespace detail

/// What every `FunctionDescriptor` begins with.
inline constexpr std::uint64_t descriptor_magic = 0x7072'6f67'656e'7931U;

/// A record in the program's data that stands for one of its functions. What travels is the place
/// of the record, not of the function, so that a wrong place is noticed and never jumped to.
struct FunctionDescriptor {
  std::uint64_t magic;  ///< `descriptor_magic`.
  std::uint64_t hash;   ///< Of the function's name and type.
};

/// With the function behind it. The hash says which type it has.
template <class Function>
struct TypedDescriptor : FunctionDescriptor {
  Function function;  ///< The function itself.
};

namespace detail {

// Constants, so that they are there before anything of the program has run.
template <auto Function>
inline constexpr TypedDescriptor<decltype(Function)> descriptor{
    {descriptor_magic, type_hash<Constant<Function>>()}, Function};

}  // namespace detail

/// The record of `Function`.
template <auto Function>
[[nodiscard]] const FunctionDescriptor& descriptor_of() noexcept {
  return detail::descriptor<Function>;
}

/// The function of a record that is known to be of that type.
template <class Function>
[[nodiscard]] Function function_of(const FunctionDescriptor& descriptor) noexcept {
  return static_cast<const TypedDescriptor<Function>&>(descriptor).function;
}

/// Where another process that runs the same program finds the record, as bytes.
///
/// - Throws: `RuntimeError` if it is in memory that belongs to no file.
[[nodiscard]] PROGENY_EXPORT std::string token_of(const FunctionDescriptor& descriptor);

/// The record that a token of another process stands for.
///
/// - Throws: `FunctionNotFound` if there is none: the module is not loaded or is of another build,
///   or the place holds no such record; `DecodeError` if `token` is none.
[[nodiscard]] PROGENY_EXPORT const FunctionDescriptor& find_descriptor(std::string_view token);

/// Where another process finds a plain function, as bytes: by its name if it is registered, else by
/// its place.
template <class Result, class... Args>
[[nodiscard]] std::string place_of(Result (*function)(Args...)) {
  using Function = Result (*)(Args...);
  return to_bytes(detail::place_of(reinterpret_cast<detail::AnyFunction>(function),
                                   detail::type_hash<Function>()));
}

/// The function of type `Function` (a pointer type) that `place_of` of another process has named.
///
/// - Throws: as `find_descriptor`.
template <class Function>
[[nodiscard]] Function function_at(std::string_view place) {
  return reinterpret_cast<Function>(
      detail::function_at(from_bytes<detail::FunctionPlace>(place), detail::type_hash<Function>()));
}

/// Gives a plain function a name by which processes find it that run another build of the program.
/// Each of them must have registered it, best before `main` does anything else.
///
/// - Throws: `ValueError` if the name stands for another function already.
/// - Threads: safe.
template <class Result, class... Args>
void register_function(std::string_view name, Result (*function)(Args...)) {
  detail::register_function(name,
                            reinterpret_cast<detail::AnyFunction>(function),
                            detail::type_hash<Result (*)(Args...)>());
}

}  // namespace progeny::serial
