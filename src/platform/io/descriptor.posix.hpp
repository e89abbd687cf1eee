#pragma once

// How new descriptors are kept off the numbers of the standard streams. POSIX only.

#include <progeny/base/handle.hpp>

#include <string_view>

namespace progeny::platform {

/// The lowest number that is not a standard stream's.
inline constexpr int first_free_number = 3;

/// Returns `handle`, or a duplicate with a number above the standard streams'. System calls return
/// the lowest free number, which is one of theirs if the host has closed that stream. The duplicate
/// is closed on exec.
/// - Throws: OSError with `call`, and with `path` unless it is empty.
[[nodiscard]] Handle above_standard_streams(Handle handle,
                                            std::string_view call,
                                            std::string_view path = {});

}  // namespace progeny::platform
