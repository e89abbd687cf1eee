#pragma once

// The program that this process runs.

#include <progeny/base/environment.hpp>

#include <string>
#include <vector>

namespace progeny::platform {

/// The arguments of `main`, the program's name first. They are known before the first static
/// constructor of the program runs.
[[nodiscard]] const std::vector<std::string>& program_arguments();

/// What to execute, and with which arguments, `argv[0]` first.
struct Command {
  std::string program;
  std::vector<std::string> arguments;
};

/// How to start this program again with `arguments`, even if its file was renamed or deleted since.
/// If it was started through the dynamic loader (ld.so(8): `/lib/ld.so --option ./program`), it is
/// started so again, with the same options; then its file must still be there.
/// - Throws: OSError with the call `exec` if the file of such a program is gone.
[[nodiscard]] Command restart_command(std::vector<std::string> arguments);

/// This process's environment, with an addition if `place` is in a shared library: started with it,
/// the program has that library loaded before its own code runs, even if the program would load it
/// later.
[[nodiscard]] Environment environment_with(const void* place);

/// Whether the program runs with more rights than the process that started it (a set-user-id bit).
/// Then it must not trust its arguments and environment.
[[nodiscard]] bool program_is_privileged() noexcept;

}  // namespace progeny::platform
