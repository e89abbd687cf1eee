#pragma once

// How much of its stack a thread has left.

#include <cstddef>

namespace progeny::platform {

/// How many bytes of the calling thread's stack are free below the caller. The largest value if
/// that is not known, as on a stack that the host has made for itself (a coroutine's, a signal
/// handler's). Costs some microseconds the first time in a thread, later next to nothing.
[[nodiscard]] std::size_t stack_left() noexcept;

}  // namespace progeny::platform
