#pragma once

// What the arguments of a target are while they are kept for another process. Not for users.

#include <progeny/export.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/function.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace progeny::multiprocessing::detail {

/// A C string that is an argument: its text, since a pointer means nothing in another process.
struct KeptText {
  std::string text;  ///< The characters.

  /// As a parameter of C's type.
  // NOLINTNEXTLINE(google-explicit-constructor): it stands for one.
  operator const char*() const noexcept { return text.c_str(); }
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  operator const std::string&() const noexcept { return text; }
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  operator std::string_view() const noexcept { return text; }
};

/// A function that is an argument. It travels as its place in the program. Calling it calls the
/// function.
template <class Pointer>
struct KeptFunction {
  Pointer function = nullptr;  ///< The function.

  /// As a parameter of this type.
  // NOLINTNEXTLINE(google-explicit-constructor): it stands for one.
  operator Pointer() const noexcept { return function; }
};

template <class T>
inline constexpr bool is_c_string =
    std::is_same_v<std::decay_t<T>, const char*> || std::is_same_v<std::decay_t<T>, char*>;

template <class T>
inline constexpr bool is_function = std::is_function_v<std::remove_pointer_t<std::decay_t<T>>>;

/// The type that keeps an argument: its value, and `Text` for a C string.
template <class T, class Text>
using KeptAs = typename std::conditional_t<
    is_c_string<T>,
    std::type_identity<Text>,
    std::conditional_t<is_function<T>,
                       std::type_identity<KeptFunction<std::decay_t<T>>>,
                       std::type_identity<std::decay_t<T>>>>::type;

/// How most targets take their arguments.
template <class T>
using Kept = KeptAs<T, std::string>;

/// The type that keeps an argument of a plain function: the type of the parameter, unless that
/// would only point to the argument.
template <class Parameter, class T>
using KeptFor = std::conditional_t<
    serial::Transferable<std::remove_cvref_t<Parameter>> &&
        std::constructible_from<std::remove_cvref_t<Parameter>, T>,
    std::remove_cvref_t<Parameter>,
    KeptAs<T, std::conditional_t<is_c_string<Parameter>, KeptText, std::string>>>;

/// An argument as a `T`, which keeps it.
template <class T, class Argument>
[[nodiscard]] decltype(auto) keep(Argument&& argument) {
  if constexpr (std::is_same_v<T, KeptText>) {
    return KeptText{std::string(argument)};
  } else if constexpr (is_function<Argument>) {
    return T{argument};
  } else {
    return std::forward<Argument>(argument);
  }
}

/// A target takes its arguments as values to move from, or by reference to the kept ones.
template <class Target, class... Kept>
concept CallableWithKept = std::invocable<std::decay_t<Target>, Kept...> ||
                           std::invocable<std::decay_t<Target>&, Kept&...>;

/// Whether C strings among the arguments are given to the target as such.
template <class Target, class... Args>
inline constexpr bool takes_c_strings = !CallableWithKept<Target, Kept<Args>...>;

template <class Target, class... Args>
concept CallableWith =
    CallableWithKept<Target, Kept<Args>...> || CallableWithKept<Target, KeptAs<Args, KeptText>...>;

/// What may be a target: a function, a member, or an object that is neither the `Options` of a
/// process nor an `Owner` itself. `make_task` says what is wrong with its arguments.
template <class Target, class Options, class Owner>
concept MayBeTarget =
    is_function<Target> || std::is_member_pointer_v<std::decay_t<Target>> ||
    (std::is_class_v<std::remove_reference_t<Target>> &&
     !std::is_base_of_v<Owner, std::decay_t<Target>> && !std::convertible_to<Target, Options>);

/// Writes the place of a function, or nothing for a null one.
PROGENY_EXPORT void write_function(serial::Writer& writer, const serial::Function& function);

/// Reads it. A message of a peer finds only functions that were registered. Throws
/// FunctionNotFound.
[[nodiscard]] PROGENY_EXPORT serial::CodeAddress read_function(serial::Reader& reader);

/// Tells the type of a function that is an argument. Never called.
template <class Pointer>
struct FunctionArgument {
  static void call(serial::CodeAddress /*callee*/) {}
};

}  // namespace progeny::multiprocessing::detail

namespace progeny::serial {

template <>
struct Codec<multiprocessing::detail::KeptText> {
  static void save(Writer& writer, const multiprocessing::detail::KeptText& value) {
    writer.write(value.text);
  }
  static multiprocessing::detail::KeptText load(Reader& reader) {
    return {reader.read<std::string>()};
  }
};

template <class Pointer>
struct Codec<multiprocessing::detail::KeptFunction<Pointer>> {
  static void save(Writer& writer, const multiprocessing::detail::KeptFunction<Pointer>& value) {
    using Entry = multiprocessing::detail::FunctionArgument<Pointer>;
    multiprocessing::detail::write_function(
        writer, {.descriptor = &descriptor_of<Entry>(), .callee = callee_of(value.function)});
  }
  static multiprocessing::detail::KeptFunction<Pointer> load(Reader& reader) {
    return {callable_from<Pointer>(multiprocessing::detail::read_function(reader))};
  }
};

}  // namespace progeny::serial
