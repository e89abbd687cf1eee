#pragma once

// How new descriptors are kept off the numbers of the standard streams. POSIX only.
//
// System calls return the lowest free number. If the host has closed a standard stream, as daemons
// do, that is the stream's: what the host then prints would go into our file, and a child would get
// it as its stream. So every call of the library that makes a descriptor gives its result to one of
// these two functions; `scripts/rules.sh` looks for those that do not.

#include <progeny/base/handle.hpp>

#include <string_view>

namespace progeny::platform {

/// The lowest number that is not a standard stream's.
inline constexpr int first_free_number = 3;

/// Takes over the descriptor that a system call has just returned. One with a number of a standard
/// stream is replaced by a duplicate above them, which is closed on exec.
/// - Returns: none if `descriptor` is -1, or if no number is free; `errno` says why.
[[nodiscard]] Handle own_new(int descriptor) noexcept;

/// The same, but throws OSError with `call`, and with `path` unless it is empty.
[[nodiscard]] Handle new_handle(int descriptor, std::string_view call, std::string_view path = {});

}  // namespace progeny::platform
