#pragma once

// Threads of the library's own.

#include <functional>

namespace progeny::platform {

/// Runs `body` in a detached thread in which all signals are blocked, so that no handler of the
/// host ever runs there. Throws OSError with the call `pthread_create` if no thread can be had.
void start_quiet_thread(std::function<void()> body);

}  // namespace progeny::platform
