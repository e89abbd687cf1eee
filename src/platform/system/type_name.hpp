#pragma once

// Names of types and functions as a programmer writes them.

#include <string>
#include <typeinfo>

namespace progeny::platform {

/// What the compiler's name stands for; the name itself if it stands for nothing.
[[nodiscard]] std::string demangled(const char* name);

/// `std::out_of_range`. Names that the library gives to types behind its interface are put back:
/// what `std::throw_with_nested` made of a `T` is called `T`.
[[nodiscard]] std::string type_name(const std::type_info& type);

/// The type of the exception that is being handled; of nothing if it is not one of C++.
[[nodiscard]] const std::type_info* current_exception_type() noexcept;

}  // namespace progeny::platform
