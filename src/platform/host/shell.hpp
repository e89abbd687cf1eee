#pragma once

// The system's command interpreter, and the meaning of its statuses.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace progeny::platform {

/// Runs a command as the C library's system() does. It shares the caller's standard streams. POSIX:
/// while it runs, SIGINT and SIGQUIT are ignored in this process (system(3)).
/// - Returns: the status, as system() returns it. glibc returns that of exit code 127, as for a
///   missing shell, also if no process could be made.
/// - Throws: OSError with the call `system` if the C library says so: glibc does if the end of the
///   shell cannot be waited for, because SIGCHLD is ignored or other code has reaped it.
/// - Blocks: until the command has ended.
int run_in_shell(const std::string& command);

/// The return code in a status of `run_in_shell`: the exit code, or -N for death by signal N.
/// Nothing if the status is not that of an ended process.
[[nodiscard]] std::optional<int> exit_code_of(int status) noexcept;

/// The status of a process that ended with this return code.
[[nodiscard]] int status_of_returncode(std::int64_t returncode) noexcept;

/// The shell for `shell = true`, and the argument that makes it run the next argument as a command.
/// - Throws: OSError if the system does not say where its shell is (Windows).
[[nodiscard]] std::vector<std::string> shell_prefix();

}  // namespace progeny::platform
