#pragma once

// Memory that several processes find by a name, as shm_open(3) of the C library and Python do.

#include "platform/memory/anonymous_memory.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

namespace progeny::platform {

/// Makes `size` bytes of zeros, which are reserved, so that using them cannot fail. The memory has
/// no name yet and goes with its last user, unless `give_name` makes it stay.
/// - Throws: OSError if there is not so much memory, or no descriptor is free.
[[nodiscard]] Handle make_memory_to_name(std::size_t size);

/// Why no memory can have this name: `invalid_argument` if it is empty or has a slash inside,
/// `filename_too_long`. Nothing if some can.
[[nodiscard]] std::error_code check_name(const std::string& name) noexcept;

/// Gives memory of `make_memory_to_name` its name; only this user may open it. `file_exists` if the
/// name is taken.
[[nodiscard]] std::error_code give_name(native_handle memory, const std::string& name) noexcept;

/// The memory that has this name now, or why there is none.
struct FoundMemory {
  Handle memory;
  std::error_code error;
};
[[nodiscard]] FoundMemory open_memory(const std::string& name) noexcept;

/// Its size. Unlike `size_of_anonymous_memory` it takes memory that somebody may make smaller.
/// - Throws: OSError.
[[nodiscard]] std::size_t size_of_named_memory(native_handle memory);

/// Takes the name away. The memory stays until its last user has let go.
[[nodiscard]] std::error_code remove_name(const std::string& name) noexcept;

/// How a removal went.
enum class Removal : std::uint8_t { removed, was_gone, failed };

/// Takes the name away if it still is that of the memory `identity`.
[[nodiscard]] Removal remove_name_of(const std::string& name, MemoryIdentity identity) noexcept;

}  // namespace progeny::platform
