#pragma once

// Signals by number and name.

#include <string>

namespace progeny::platform {

/// `SIGKILL` for 9; empty for a number that is no signal here.
[[nodiscard]] std::string signal_name(int signal);

/// Whether this system can send it to a process. POSIX: any, and the system judges.
[[nodiscard]] bool is_sendable(int signal) noexcept;

/// The numbers that `Popen` and `Process` send by themselves.
[[nodiscard]] int signal_terminate() noexcept;
[[nodiscard]] int signal_kill() noexcept;
[[nodiscard]] int signal_interrupt() noexcept;

/// From now on Ctrl-C is not for this process; and it is again, as when the process began.
void ignore_interrupt() noexcept;
void accept_interrupt() noexcept;

}  // namespace progeny::platform
