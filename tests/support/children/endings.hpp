#pragma once

// The return codes of children that were made to end, which are each system's own.

namespace progeny::testing {

/// After `Popen::kill`: -SIGKILL, or 1 on Windows.
[[nodiscard]] int returncode_of_kill();

/// After `Popen::terminate`: -SIGTERM, or 1 on Windows.
[[nodiscard]] int returncode_of_terminate();

/// Of a test child that writes into a pipe without a reader: -SIGPIPE, or what it exits with when
/// a write fails.
[[nodiscard]] int returncode_of_broken_pipe();

/// What `os::system` and `CommandFile::close` say of an exit with `code`: the wait status, or the
/// code itself.
[[nodiscard]] int wait_status_of_exit(int code);

}  // namespace progeny::testing
