#pragma once

// Threads of the library's own.

#include <functional>

namespace progeny::platform {

/// Runs `body` in a detached thread in which all signals are blocked, so that no handler of the
/// host ever runs there. `body` must not throw. It may still run while the program ends.
/// - Throws: OSError with the call `pthread_create` (Windows: `CreateThread`) if the system allows
///   no further thread.
void start_quiet_thread(std::function<void()> body);

/// The name of such threads, which the system shows (`top -H`), where threads have names.
inline constexpr const char* quiet_thread_name = "progeny-own";

/// How many such threads of this process have not come to the end of `body`.
[[nodiscard]] int quiet_thread_count() noexcept;

}  // namespace progeny::platform
