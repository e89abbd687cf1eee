#pragma once

// Runs a command in the shell, the short way: Python's `os.system` and what reads its result.

#include <progeny/export.hpp>

#include <string>

namespace progeny::os {

/// Runs `command` in the system's shell with the parent's streams and waits for its end.
///
/// - Python: `os.system`.
/// - Returns: on POSIX the wait status (exit code 3 is 768; see `waitstatus_to_exitcode`), or -1 if
///   it is lost, as this process ignores SIGCHLD; on Windows the exit code.
/// - Throws: `ValueError` for a NUL in `command`; `OSError` if the C library reports that no
/// process
///   could be made. glibc instead returns the status of exit code 127, as for a missing shell, and
///   so does Python.
/// - Blocks: until the shell has ended. Meanwhile, on POSIX, Ctrl-C reaches the command but not the
///   caller, as with system(3).
/// - Threads: safe.
PROGENY_EXPORT int system(const std::string& command);

/// The return code in a wait status: the exit code, or -N if signal N ended the process.
///
/// - Python: `os.waitstatus_to_exitcode`.
/// - Throws: `ValueError` for a status of a process that is only stopped.
[[nodiscard]] PROGENY_EXPORT int waitstatus_to_exitcode(int status);

}  // namespace progeny::os
