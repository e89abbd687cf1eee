#pragma once

// The types that differ between systems. Besides the generated export header, this is the only
// public header that asks which system it is compiled for.

/// For a variable in a header: each program and shared library gets its own. By default the loader
/// would let one of them stand for all.
#ifdef _WIN32
#  define PROGENY_MODULE_LOCAL
#else
#  define PROGENY_MODULE_LOCAL [[gnu::visibility("hidden")]]
#endif

namespace progeny {

#ifdef _WIN32
/// The system's reference to an open file, pipe or process: a `HANDLE` here, a descriptor on POSIX.
using native_handle = void*;
/// The value that stands for "no handle": a null `HANDLE` here, -1 on POSIX.
inline constexpr native_handle no_native_handle = nullptr;
#else
/// The system's reference to an open file, pipe or process: a descriptor here, a `HANDLE` on
/// Windows.
using native_handle = int;
/// The value that stands for "no handle": -1 here, a null `HANDLE` on Windows.
inline constexpr native_handle no_native_handle = -1;
#endif

}  // namespace progeny
