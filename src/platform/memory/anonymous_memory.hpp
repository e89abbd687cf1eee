#pragma once

// Shared memory without a name. Other processes get it by its handle, by inheritance or over a
// socket; mapping.hpp puts it into a process's addresses. It is gone with the last process that has
// the handle open or the memory mapped.

#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace progeny::platform {

/// Makes `size` bytes of zeros, closed on exec. They are reserved, so that using them cannot fail
/// later. The memory can be extended but never shrinks, whatever other processes do; only in a
/// sandbox that refuses memfd_create(2) its users must be trusted with that. `name` is only for the
/// system's lists of open files.
/// - Throws: OSError if there is not enough memory, or no descriptor is free; `file_too_large`
///   beyond the limit of this process (`ulimit -f`), without a signal.
[[nodiscard]] Handle make_anonymous_memory(const char* name, std::size_t size);

/// Reserves `size` bytes from `offset` on, of anonymous or named memory. Extends the memory if they
/// end behind its end; new bytes are zeros. Goes on after EINTR.
/// - Throws: OSError if there is not enough memory; `file_too_large` as above.
void reserve_memory(native_handle memory, std::size_t offset, std::size_t size);

/// Gives the memory of `size` bytes from `offset` on back to the system, whole pages only. They are
/// zeros then, and to be reserved again before they are used.
/// - Returns: whether the system can do that.
bool give_memory_back(native_handle memory, std::size_t offset, std::size_t size) noexcept;

/// The size of anonymous memory in bytes. Also checks a handle from another process: memory that
/// passes can be mapped and used without fear of SIGBUS, except in a sandbox as above.
/// - Throws: OSError if `memory` is something else, or could shrink.
[[nodiscard]] std::size_t size_of_anonymous_memory(native_handle memory);

/// Tells one piece of memory, anonymous or named, from all others that exist.
using MemoryIdentity = std::pair<std::uint64_t, std::uint64_t>;
/// The identity of what `memory` leads to; the same for all handles of it, in every process.
/// - Throws: OSError.
[[nodiscard]] MemoryIdentity identity_of(native_handle memory);

}  // namespace progeny::platform
