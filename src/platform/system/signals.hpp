#pragma once

// Signals by number and name.

#include <string>

namespace progeny::platform {

/// The name of a signal, such as `SIGKILL` for 9. Empty for a number that is no signal here.
[[nodiscard]] std::string signal_name(int signal);

/// Whether this system can send the signal to a process. POSIX: always true; `Child::send_signal`
/// reports what the system says.
[[nodiscard]] bool is_sendable(int signal) noexcept;

/// The signal that asks a process to end. On Windows it ends the process at once.
[[nodiscard]] int signal_terminate() noexcept;
/// The signal that ends a process at once.
[[nodiscard]] int signal_kill() noexcept;
/// The signal that makes a stopped process go on. POSIX only.
[[nodiscard]] int signal_continue() noexcept;
/// The signal of Ctrl-C.
[[nodiscard]] int signal_interrupt() noexcept;

/// Makes this process ignore Ctrl-C. Remembers what Ctrl-C did before.
/// - Threads: not at the same time as `accept_interrupt` or another call of this.
void ignore_interrupt() noexcept;
/// Undoes `ignore_interrupt`.
void accept_interrupt() noexcept;

/// Makes children of this process stay until it reaps them, whatever the host has chosen for
/// SIGCHLD: where it is ignored, the system reaps them and their exit codes are lost. Remembers the
/// choice.
/// - Threads: not at the same time as `reap_as_before` or another call of this.
void keep_ended_children() noexcept;
/// Undoes `keep_ended_children`.
void reap_as_before() noexcept;

}  // namespace progeny::platform
