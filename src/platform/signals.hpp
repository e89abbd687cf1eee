#pragma once

// Signals by number and name.

#include <string>

namespace progeny::platform {

/// `SIGKILL` for 9; empty for a number that is no signal here.
[[nodiscard]] std::string signal_name(int signal);

/// Whether this system can send it to a process. POSIX: any, and the system judges.
[[nodiscard]] bool is_sendable(int signal) noexcept;

/// The numbers that `Popen` sends by itself.
[[nodiscard]] int signal_terminate() noexcept;
[[nodiscard]] int signal_kill() noexcept;

}  // namespace progeny::platform
