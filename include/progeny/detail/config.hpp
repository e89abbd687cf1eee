#pragma once

// What the platform has. With the generated export header, the only public header that
// asks which system it is compiled for.

/// Of data in a header: each program and shared library has its own, which no other's replaces.
#ifdef _WIN32
#  define PROGENY_MODULE_LOCAL
#else
#  define PROGENY_MODULE_LOCAL [[gnu::visibility("hidden")]]
#endif

namespace progeny {

#ifdef _WIN32
/// What the system calls an open file, pipe or process: a `HANDLE` here, a descriptor on POSIX.
using native_handle = void*;
/// The value that stands for "no handle": a null `HANDLE` here, -1 on POSIX.
inline constexpr native_handle no_native_handle = nullptr;
#else
/// What the system calls an open file, pipe or process: a descriptor here, a `HANDLE` on Windows.
using native_handle = int;
/// The value that stands for "no handle": -1 here, a null `HANDLE` on Windows.
inline constexpr native_handle no_native_handle = -1;
#endif

}  // namespace progeny
