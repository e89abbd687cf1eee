#pragma once

// Threads of the library's own.

#include <functional>

namespace progeny::platform {

/// Runs `body` in a detached thread in which all signals are blocked, so that no handler of the
/// host ever runs there. `body` must not throw. It may still run while the program ends.
/// - Throws: OSError with the call `pthread_create` (Windows: `CreateThread`) if the system allows
///   no further thread.
void start_quiet_thread(std::function<void()> body);

}  // namespace progeny::platform
