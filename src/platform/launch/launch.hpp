#pragma once

// Starting a program: one request, one answer.

#include <progeny/base/environment.hpp>
#include <progeny/base/handle.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace progeny::platform {

/// What Windows wants to know about a new process; nothing of it counts elsewhere.
struct WindowsLaunch {
  /// The program gets the first argument as its whole command line, as it is.
  bool is_command_line = false;
  /// For CreateProcess.
  std::uint32_t creation_flags = 0;
  /// Which of the next two count, and what else STARTUPINFO's flags can ask for.
  std::uint32_t startup_flags = 0;
  std::uint16_t show_window = 0;
  /// Inheritable handles for the standard streams that `LaunchRequest::streams` leaves open.
  std::array<native_handle, 3> startup_streams{};
  /// Inheritable handles that the program gets besides its streams.
  std::vector<native_handle> inherited;
  /// The program and all that it starts end with a `kill` of the group, and with this process.
  bool owns_tree = false;
};

/// All that the new process is to be. Borrows nothing past the call.
struct LaunchRequest {
  /// The program. POSIX: looked up on the PATH of `environment` if it is a bare name. Windows: the
  /// system's way to look it up; if empty, the first argument is the program.
  std::string program;
  /// The arguments, `argv[0]` first.
  std::vector<std::string> arguments;
  /// Folder to start in. POSIX: a relative `program` with a slash is found from there.
  std::optional<std::string> folder;
  Environment environment = Environment::inherited();
  /// What becomes its standard streams; `Handle::none()` shares the parent's. They are neither
  /// closed nor changed in the parent, may repeat, and may be the parent's own streams in any
  /// order.
  std::array<native_handle, 3> streams{};
  /// Gives it no descriptor but the streams and `kept`. Otherwise it gets what is inheritable.
  bool close_others = true;
  /// Descriptors that it gets under the same numbers, inheritable or not.
  std::vector<int> kept;
  /// Resets the ignored signals SIGPIPE and SIGXFSZ to their default.
  bool restore_signals = true;
  bool new_session = false;
  /// What `Terminal::of_launch` says: the program's controlling terminal, in a session of its own.
  native_handle terminal = Handle::none();
  std::optional<int> process_group;
  std::optional<std::uint32_t> user;
  std::optional<std::uint32_t> group;
  std::optional<std::vector<std::uint32_t>> supplementary_groups;
  std::optional<unsigned> umask;
  /// Runs in the child when everything else is done, before descriptors are closed.
  std::function<void()> hook;
  WindowsLaunch windows;
};

/// The steps of a launch that can fail, in the order in which they are taken.
enum class LaunchStep : std::uint8_t {
  none,
  create,
  keep_descriptor,
  redirect,
  chdir,
  setsid,
  terminal,
  setpgid,
  setgroups,
  setgid,
  setuid,
  hook,
  close_others,
  exec,
  garbled,
};

/// The name of the step as a caller of system calls knows it: `exec`, `chdir`, `clone`, ...
[[nodiscard]] const char* name_of(LaunchStep step) noexcept;

/// A running process, or the step at which it failed (then there is no process any more).
struct LaunchOutcome {
  LaunchStep failed = LaunchStep::none;
  std::error_code error;   ///< Why the step failed.
  std::string raw_report;  ///< What came instead of a report (`garbled`).
  int pid = 0;
  /// Becomes readable when the process has ended. None where the system has no such thing.
  Handle process;
  /// What holds the process and its descendants together, with `WindowsLaunch::owns_tree`.
  Handle tree;
};

/// Starts the program.
///
/// Blocks until it is executing (on Windows: until it exists). Nothing of the calling process
/// changes, no handler of its runs in the child, and the cost does not depend on its size (but for
/// `hook`, which needs a true fork). Throws OSError with the call `pipe` where a true fork has no
/// descriptor left to report through, and ValueError for arguments that a batch file cannot get.
[[nodiscard]] LaunchOutcome launch(const LaunchRequest& request);

/// The back end that launches use (`clone3`, `clone`, `vfork`, `fork`; `CreateProcess`), for
/// people.
[[nodiscard]] const char* launch_back_end() noexcept;

}  // namespace progeny::platform
