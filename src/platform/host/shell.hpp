#pragma once

// The system's command interpreter, and what its results mean.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace progeny::platform {

/// Runs a command as the C library's system() does, and returns what it returns. The caller's
/// streams are shared. Throws OSError if no process could be made.
int run_in_shell(const std::string& command);

/// The return code (-N for signal N) in a status of `run_in_shell`; nothing for a status that is
/// not one of an ended process.
[[nodiscard]] std::optional<int> exit_code_of(int status) noexcept;

/// The status that a process with this return code has.
[[nodiscard]] int status_of_returncode(std::int64_t returncode) noexcept;

/// The shell for `shell = true`, and the argument that makes it run the next one as a command.
[[nodiscard]] std::vector<std::string> shell_prefix();

}  // namespace progeny::platform
