#pragma once

// Where a child that is not a forked copy enters the program, and which program it runs.

#include <progeny/base/path_like.hpp>
#include <progeny/export.hpp>

namespace progeny::multiprocessing {

/// In a process that was started as a child or as a forkserver: does its work, and does not return.
/// In every other process: returns at once.
///
/// Call it first in `main`, or link the CMake target `progeny::main`, which calls it before `main`.
/// A child whose program does neither ends with exit code 1 and a sentence on stderr.
///
/// - Python: `multiprocessing.freeze_support`. Differs: needed on every system, as there is no
///   interpreter that could be told what to run.
PROGENY_EXPORT void freeze_support(int argc, const char* const* argv);

/// Sets the program that `spawn` children and forkservers run. It must be a copy of this program.
/// Default: the file of this process, even if it has been renamed or deleted since.
///
/// - Python: `multiprocessing.set_executable`.
/// - Threads: safe.
PROGENY_EXPORT void set_executable(const PathLike& executable);

}  // namespace progeny::multiprocessing
