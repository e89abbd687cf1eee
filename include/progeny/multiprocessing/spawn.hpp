#pragma once

// Where children that are not copies enter the program, and the program that they run.

#include <progeny/base/path_like.hpp>
#include <progeny/export.hpp>

namespace progeny::multiprocessing {

/// Runs the child's part if this process was started as one, and does not return then; returns at
/// once in every other process. Call it first in `main`; linking the CMake target `progeny::main`
/// makes the call unnecessary.
///
/// - Python: `multiprocessing.freeze_support`.
/// - Platforms: all; without it `spawn` and `forkserver` children cannot do their work, and fail
///   with a sentence on stderr and exit code 1.
PROGENY_EXPORT void freeze_support(int argc, const char* const* argv);

/// The program that `spawn` and `forkserver` children run. Default: the file of this process,
/// even if it has been renamed or deleted since. It must be another copy of this program.
///
/// - Python: `multiprocessing.set_executable`.
PROGENY_EXPORT void set_executable(const PathLike& executable);

}  // namespace progeny::multiprocessing
