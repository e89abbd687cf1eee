#pragma once

// Names of types and functions as a programmer writes them.

#include <string>
#include <typeinfo>

namespace progeny::platform {

/// The source's name for a compiler's mangled one. A name that is not mangled is returned as it is.
[[nodiscard]] std::string demangled(const char* name);

/// The name of a type, such as `std::out_of_range`. The library's own wrappers are removed: a `T`
/// thrown by `std::throw_with_nested` is called `T`.
[[nodiscard]] std::string type_name(const std::type_info& type);

/// The type of the exception that is being handled. Null if there is none, or if it is not an
/// exception of C++.
[[nodiscard]] const std::type_info* current_exception_type() noexcept;

}  // namespace progeny::platform
