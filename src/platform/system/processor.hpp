#pragma once

// The machine's processors, and hints to the one that this thread runs on.

#include <cstddef>
#include <span>

namespace progeny::platform {

/// Logical processors of the machine that are switched on; 0 if unknown.
[[nodiscard]] int processor_count() noexcept;

/// Whether there is more than one, so that what is waited for can happen while this thread looks.
/// Asked of the system now and then only.
[[nodiscard]] bool has_several_processors() noexcept;

/// Tells the processor that this thread looks at a word again and again.
void pause_processor() noexcept;

/// Has the processor begin to take memory that is to be written soon from the others' caches.
void fetch_to_write(std::span<const std::byte> memory) noexcept;

}  // namespace progeny::platform
