#pragma once

// The program that this process runs.

#include <progeny/base/environment.hpp>

#include <string>
#include <vector>

namespace progeny::platform {

/// The arguments of `main`, the program's name first. They are known before the first static
/// constructor of the program runs.
[[nodiscard]] const std::vector<std::string>& program_arguments();

/// A path by which this program can be started again, even if its file was renamed or deleted
/// since.
[[nodiscard]] std::string restart_path();

/// This process's environment, with an addition if `place` is in a shared library: started with it,
/// the program has that library loaded before its own code runs, even if the program would load it
/// later.
[[nodiscard]] Environment environment_with(const void* place);

/// Whether the program runs with more rights than the process that started it (a set-user-id bit).
/// Then it must not trust its arguments and environment.
[[nodiscard]] bool program_is_privileged() noexcept;

}  // namespace progeny::platform
