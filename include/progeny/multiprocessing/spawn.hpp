#pragma once

// Where a child that is not a forked copy enters the program, and which program it runs.

#include <progeny/base/path_like.hpp>
#include <progeny/export.hpp>

namespace progeny::multiprocessing {

/// In a process that was started as a child or as a forkserver: does its work, and does not return.
/// In every other process: returns at once.
///
/// Call it first in `main`, or link the CMake target `progeny::main`, which calls it before `main`.
/// If a program does neither and has not called `set_executable`, `Process::start` throws
/// `RuntimeError` for `spawn` and `forkserver`.
///
/// The arguments of `main` are not needed: the library knows them from the start of the program.
///
/// A shared library whose users need not know of progeny calls it while it is loaded, by a static
/// object at the end of a file: `const bool entered = (freeze_support(), true);`. Its children then
/// run before `main`. They can call every function of the library, and use the static objects above
/// that line, those of files that were linked before this one, and those of other libraries that it
/// links; but no static object of the program.
///
/// - Python: `multiprocessing.freeze_support`. Differs: needed on every system, as there is no
///   interpreter that could be told what to run.
PROGENY_EXPORT void freeze_support();
/// The same. Python's programs have no arguments to give; ours often do so by habit.
inline void freeze_support(int /*argc*/, const char* const* /*argv*/) {
  freeze_support();
}

/// Sets the program that `spawn` children and forkservers run. It must be a copy of this program.
/// Default: the file of this process, even if it has been renamed or deleted since.
///
/// - Python: `multiprocessing.set_executable`.
/// - Threads: safe.
PROGENY_EXPORT void set_executable(const PathLike& executable);

}  // namespace progeny::multiprocessing
