#pragma once

// How many processors there are, and hints to the one that this thread runs on.

#include <cstddef>
#include <span>

namespace progeny::platform {

/// Logical processors of the machine that are online; 0 if unknown. Limits of this process, such as
/// its affinity, do not count.
[[nodiscard]] int processor_count() noexcept;

/// Whether this thread may run on more than one processor. Only then can another thread act while
/// this one spins. The system is asked once in 1024 calls, so a new affinity counts after a while.
[[nodiscard]] bool has_several_processors() noexcept;

/// Tells the processor that this thread spins on a word. May do nothing.
void pause_processor() noexcept;

/// Has the processor fetch the cache lines of `memory` for writing, so that the first write need
/// not wait for another processor's cache. A hint: it reads and changes nothing.
void fetch_to_write(std::span<const std::byte> memory) noexcept;

}  // namespace progeny::platform
