#pragma once

// Functions that travel to another process of the same program: not their code, but where it is.
// Process and Pool build their calls on it. The parts are:
//
// - An *entry*: a class of the builder's with a static function `call`, which has one signature for
//   all callables, e.g. `std::string call(CodeAddress callee, std::string_view arguments)`. It is a
//   template over the types of the callable and its arguments, so that it knows them.
// - A *descriptor*: constant data that point to one instance of the entry. The compiler makes it
//   where the callable is named, so that it is part of that program or shared library and has the
//   same offset in each process. An address of code is trusted only if a descriptor holds it.
// - A *token*: in which module, of which build, at which offset the descriptor is. It travels.
//
// A captureless lambda, or any empty class with a default constructor, is known by its type alone:
// the descriptor is all that it needs. A function pointer also sends where its function is, the
// *callee*. `serial::function<&Class::method>` makes a type of a pointer to a member function or of
// an overload; the object is then the first argument. Bound and captured values must be sent as
// arguments, in front of the others.

#include <progeny/base/errors.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/detail/hash.hpp>
#include <progeny/export.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace progeny::serial {

/// A function from another process is not in this one: the program is another build, the library is
/// not loaded, or the name is not registered. `what()` says which.
class PROGENY_EXPORT FunctionNotFound : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

/// Any function's address; null for a callable that is its type.
using CodeAddress = void (*)();

/// Constant data that stand for one callable type together with one entry. Made by `descriptor_of`.
struct FunctionDescriptor {
  /// What `magic` is in every descriptor.
  static constexpr std::uint64_t expected_magic = 0x6e65'676f'7270'5fe3U;

  std::uint64_t magic = expected_magic;  ///< Tells a descriptor from any other bytes.
  std::uint64_t type_hash = 0;           ///< Of the entry with all its template arguments.
  std::uint64_t signature_hash = 0;      ///< Of the entry's type, which `entry_of` casts back to.
  CodeAddress (*entry)() = nullptr;      ///< Returns the entry, of whatever type it is.
};

/// A callable ready to be called: `entry_of<Signature>(*descriptor)(callee, ...)`.
struct Function {
  /// Lives as long as its module is loaded.
  const FunctionDescriptor* descriptor = nullptr;
  /// The function, if the callable is a function pointer.
  CodeAddress callee = nullptr;
};

/// Where something is in a program or shared library.
struct ModuleOffset {
  /// Whether it is in the program itself, whatever its path is.
  bool is_program = false;
  /// Of the shared library, or of the program, for messages.
  std::string path;
  /// The build-id's bytes, or what stands for it where the linker made none.
  std::string identity;
  /// Whether `identity` is a build-id, by which a file can be checked, too.
  bool has_build_id = false;
  /// In bytes, from where the module is loaded.
  std::uint64_t offset = 0;

  /// Whether all is equal.
  bool operator==(const ModuleOffset&) const = default;
};

/// A callable on its way to another process.
struct FunctionToken {
  /// What it was registered as; empty if it was not.
  std::string name;
  /// `FunctionDescriptor::type_hash`.
  std::uint64_t type_hash = 0;
  /// Where the descriptor is.
  ModuleOffset descriptor;
  /// Where the function is, if the callable is a function pointer.
  std::optional<ModuleOffset> callee;

  /// Whether all is equal.
  bool operator==(const FunctionToken&) const = default;
};

namespace detail {

/// The type in the compiler's words. It does not work for values, as clang leaves out the template
/// arguments of a function that it names.
template <class T>
constexpr std::string_view words_for_type() noexcept {
  return __PRETTY_FUNCTION__;
}

// By a function, as a cast of a function's address is no constant: descriptors must be there before
// any static object is constructed, because a child may enter in a constructor.
template <class Entry>
PROGENY_MODULE_LOCAL CodeAddress address_of_entry() {
  return reinterpret_cast<CodeAddress>(&Entry::call);
}

template <class Entry>
PROGENY_MODULE_LOCAL inline constinit const FunctionDescriptor descriptor{
    .type_hash = progeny::detail::hash(words_for_type<Entry>()),
    .signature_hash = progeny::detail::hash(words_for_type<decltype(&Entry::call)>()),
    .entry = &address_of_entry<Entry>};

/// - Throws: `UsageError` if the hash is not that of the descriptor's entry.
PROGENY_EXPORT CodeAddress checked_entry(const FunctionDescriptor& descriptor,
                                         std::uint64_t signature_hash);

}  // namespace detail

/// Whether `Callable` can travel: a function pointer, or an empty class with a default constructor,
/// such as a captureless lambda's.
template <class Callable>
concept TravellingCallable =
    (std::is_pointer_v<Callable> && std::is_function_v<std::remove_pointer_t<Callable>>) ||
    (std::is_class_v<Callable> && std::is_empty_v<Callable> &&
     std::is_default_constructible_v<Callable>);

/// What must travel of a callable besides its type: a function pointer's function.
template <TravellingCallable Callable>
[[nodiscard]] CodeAddress callee_of(const Callable& callable) noexcept {
  if constexpr (std::is_pointer_v<Callable>) {
    return reinterpret_cast<CodeAddress>(callable);
  } else {
    return nullptr;
  }
}

/// The callable again, from what `callee_of` gave. Called inside an entry.
template <TravellingCallable Callable>
[[nodiscard]] Callable callable_from(CodeAddress callee) noexcept {
  if constexpr (std::is_pointer_v<Callable>) {
    return reinterpret_cast<Callable>(callee);
  } else {
    return Callable();
  }
}

/// A function, an overload or a member function as a callable that is its type, so that it travels:
/// `function<&Counter::add>` is called with a `Counter` and what `add` takes.
/// - Python: a bound method as target is the pair of this and the object.
template <auto Pointer>
struct FunctionConstant {
  /// Calls it.
  template <class... Arguments>
  decltype(auto) operator()(Arguments&&... arguments) const {
    return std::invoke(Pointer, std::forward<Arguments>(arguments)...);
  }
};
template <auto Pointer>
inline constexpr FunctionConstant<Pointer> function{};

/// The descriptor of an entry: `descriptor_of<Run<Callable, Arguments...>>()`. The receiver checks
/// a hash over the entry's template arguments. So everything that both sides must agree on (the
/// types of the callable and of its arguments) must be among them.
template <class Entry>
[[nodiscard]] const FunctionDescriptor& descriptor_of() noexcept {
  return detail::descriptor<Entry>;
}

/// The entry as the type that it has. `Signature` is a function type.
/// - Throws: `UsageError` if the entry has another.
template <class Signature>
[[nodiscard]] Signature* entry_of(const FunctionDescriptor& descriptor) {
  return reinterpret_cast<Signature*>(detail::checked_entry(
      descriptor, progeny::detail::hash(detail::words_for_type<Signature*>())));
}

/// Makes `function` known under `name`, which its tokens then carry. A process of another build of
/// the program finds its function by the name, if it registered one of the same type under it.
/// - Throws: `ValueError` if the name is empty, or taken by another function.
/// - Threads: safe.
PROGENY_EXPORT void register_function(std::string_view name, const Function& function);

/// What stands for `function` in other processes.
/// - Throws: `FunctionNotFound` if it is in no file that is loaded: code made at run time.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT FunctionToken token_of(const Function& function);

/// What `find` may do.
struct FindOptions {
  /// Load a shared library that is not loaded here, from the token's path, if the file there has
  /// the token's build-id. That runs the library's initialisers, so only for tokens of a process
  /// that may do so: the one that started this one. Default: such a token is refused.
  bool load_modules = false;
  /// Refuse a function pointer unless its function was registered in this process. Otherwise the
  /// token may name any function of a loaded module. For tokens of processes that are not trusted.
  bool only_registered = false;
};

/// The function that the token stands for.
///
/// It is looked up by its place first: the module must be of the same build, the place must hold a
/// descriptor of the same type, and the callee must be the beginning of a function. If there is no
/// such module, it is looked up by its name.
/// - Throws: `FunctionNotFound` with what does not fit. Nothing is called.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT Function find(const FunctionToken& token,
                                           const FindOptions& options = {});

/// A token as bytes.
[[nodiscard]] PROGENY_EXPORT std::string to_bytes(const FunctionToken& token);
/// The token again. The bytes hold a hash of themselves.
/// - Throws: `FunctionNotFound` if they were damaged, or are something else.
[[nodiscard]] PROGENY_EXPORT FunctionToken token_from_bytes(std::string_view bytes);

}  // namespace progeny::serial
