#pragma once

// The program that this process runs.

#include <progeny/base/environment.hpp>

#include <string>
#include <vector>

namespace progeny::platform {

/// The arguments that it was started with, its name first. Known from before the first static
/// constructor of the program.
[[nodiscard]] const std::vector<std::string>& program_arguments();

/// A path by which this very program can be started again, even if its file has been renamed or
/// deleted since.
[[nodiscard]] std::string restart_path();

/// This process's environment, and in it what has the program, started again, load the code at
/// `place` before any of its own runs: it may be in a library that is loaded late.
[[nodiscard]] Environment environment_with(const void* place);

/// Whether the program runs with more rights than who started it, who then must not decide what it
/// does.
[[nodiscard]] bool program_is_privileged() noexcept;

}  // namespace progeny::platform
