#pragma once

// The processors that this process may run on.

namespace progeny::platform {

/// Whether there is more than one, so that what is waited for can happen while this thread looks.
/// Asked of the system now and then only.
[[nodiscard]] bool has_several_processors() noexcept;

/// Tells the processor that this thread looks at a word again and again.
void pause_processor() noexcept;

}  // namespace progeny::platform
