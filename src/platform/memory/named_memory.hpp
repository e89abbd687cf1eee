#pragma once

// Shared memory that processes find by a name, as with shm_open(3) and Python's SharedMemory. The
// names are the same as theirs.
//
//   make_memory_to_name --> without a name --give_name--> named --remove_name--> without a name
//
// Without a name, the memory is gone with its last user. A named one stays when all users have
// ended.

#include "platform/memory/anonymous_memory.hpp"

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

namespace progeny::platform {

/// Makes `size` bytes of zeros without a name yet, so that no process can find them half made. They
/// are reserved, so that using them cannot fail later. The handle is closed on exec.
/// - Throws: OSError if there is not enough memory, or no descriptor is free.
[[nodiscard]] Handle make_memory_to_name(std::size_t size);

/// Whether memory can have this name. Slashes in front do not count.
/// - Returns: no error; `invalid_argument` if the name is empty or has a slash inside;
///   `filename_too_long`.
[[nodiscard]] std::error_code check_name(const std::string& name) noexcept;

/// Gives memory of `make_memory_to_name` its name. Only this user can open it.
/// - Returns: no error; `file_exists` if the name is taken; else why it failed.
[[nodiscard]] std::error_code give_name(native_handle memory, const std::string& name) noexcept;

/// The memory that has a name now, or why there is none.
struct FoundMemory {
  Handle memory;  ///< Closed on exec.
  std::error_code error;
};
/// Opens the memory with this name.
[[nodiscard]] FoundMemory open_memory(const std::string& name) noexcept;

/// The size of named memory in bytes. Unlike anonymous memory it may shrink: any process that opens
/// it can cut it, and using the missing part then raises SIGBUS.
/// - Throws: OSError.
[[nodiscard]] std::size_t size_of_named_memory(native_handle memory);

/// Removes the name. The memory stays until its last user has closed and unmapped it.
[[nodiscard]] std::error_code remove_name(const std::string& name) noexcept;

/// How a removal ended.
enum class Removal : std::uint8_t { removed, was_gone, failed };

/// Removes the name if it belongs to the memory `identity`. `was_gone`: nothing has the name, or
/// other memory has it.
[[nodiscard]] Removal remove_name_of(const std::string& name, MemoryIdentity identity) noexcept;

}  // namespace progeny::platform
