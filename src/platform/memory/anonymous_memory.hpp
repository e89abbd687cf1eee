#pragma once

// Memory that several processes see at once.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace progeny::platform {

/// Makes `size` bytes of zeros that have no name: they are gone with the last process that has the
/// handle or has them mapped. The memory is reserved here, so that using it cannot fail. It can be
/// extended, and never shrinks, whatever the processes that have it do. `name` is what people see
/// of it in the system's lists.
/// - Throws: OSError if there is not so much memory, or no descriptor is free.
[[nodiscard]] Handle make_anonymous_memory(const char* name, std::size_t size);

/// Reserves `size` bytes from `offset` on, and extends the memory if they end beyond it.
/// - Throws: OSError if there is not so much memory.
void reserve_memory(native_handle memory, std::size_t offset, std::size_t size);

/// How many bytes it has.
/// - Throws: OSError for a handle of something else, or of memory that could shrink under those who
///   have mapped it.
[[nodiscard]] std::size_t size_of_anonymous_memory(native_handle memory);

/// Tells one piece of memory from all others that exist. Throws OSError.
using MemoryIdentity = std::pair<std::uint64_t, std::uint64_t>;
[[nodiscard]] MemoryIdentity identity_of(native_handle memory);

}  // namespace progeny::platform
