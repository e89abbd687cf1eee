#pragma once

// What makes descriptors have in common. POSIX only.

#include <progeny/base/handle.hpp>

#include <string_view>

namespace progeny::platform {

/// The lowest number that is no standard stream's.
inline constexpr int first_free_number = 3;

/// The descriptor itself, or a duplicate above the numbers of the standard streams: calls give the
/// lowest free number, which is a standard stream's if the host closed one. Throws OSError with
/// `call` and the path, if there is one.
[[nodiscard]] Handle above_standard_streams(Handle handle,
                                            std::string_view call,
                                            std::string_view path = {});

}  // namespace progeny::platform
