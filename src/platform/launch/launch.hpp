#pragma once

// Starting a program: one request, one answer.
//
//   launch(request) --> a process that runs the program, or the step that failed and why

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

/// The part of a request that only Windows uses.
struct WindowsLaunch {
  /// Whether the first argument is the whole command line, to be passed on unchanged.
  bool is_command_line = false;
  /// Flags of CreateProcess.
  std::uint32_t creation_flags = 0;
  /// `dwFlags` of STARTUPINFO. They also say whether the next two members count.
  std::uint32_t startup_flags = 0;
  /// `wShowWindow` of STARTUPINFO.
  std::uint16_t show_window = 0;
  /// Inheritable handles for standard streams that `LaunchRequest::streams` leaves to the parent.
  std::array<native_handle, 3> startup_streams{};
  /// Inheritable handles that the program gets beside its streams.
  std::vector<native_handle> inherited;
  /// Puts the program and all that it starts into a job. They end when the group is killed, and
  /// when this process ends.
  bool owns_tree = false;
};

/// What the new process is to be. The call keeps no reference to it.
struct LaunchRequest {
  /// The program. POSIX: a name without a slash is looked up on the PATH of `environment`. Windows:
  /// looked up as the system does; if empty, the first argument is the program.
  std::string program;
  /// The arguments, `argv[0]` first.
  std::vector<std::string> arguments;
  /// The folder to start in; the parent's if none. POSIX: a relative `program` with a slash is
  /// resolved there.
  std::optional<std::string> folder;
  /// Its variables.
  Environment environment = Environment::inherited();
  /// Its standard streams; `Handle::none()` shares the parent's. The handles stay open and
  /// unchanged in the parent. They may repeat, and may be the parent's own streams in any order.
  std::array<native_handle, 3> streams{};
  /// Whether it gets no handles but its streams and `kept`. If false, it gets all inheritable ones.
  bool close_others = true;
  /// POSIX: descriptors that it gets under the same numbers, inheritable or not.
  std::vector<int> kept;
  /// POSIX: whether SIGPIPE and SIGXFSZ get their default disposition, even if they are ignored
  /// here.
  bool restore_signals = true;
  /// POSIX: whether it leads a new session (setsid(2)).
  bool new_session = false;
  /// The value of `Terminal::of_launch`: its controlling terminal, in a session of its own.
  native_handle terminal = Handle::none();
  /// POSIX, as all that follow: the group to join, or 0 to lead a new one (setpgid(2)).
  std::optional<int> process_group;
  /// Real, effective and saved ids. All three are set.
  std::optional<std::uint32_t> user;
  std::optional<std::uint32_t> group;
  std::optional<std::vector<std::uint32_t>> supplementary_groups;
  std::optional<unsigned> umask;
  /// Runs in the child after everything else, but before descriptors are closed. It makes the
  /// launch a true fork(2), with all that is unsafe after one in a process with threads.
  std::function<void()> hook;
  WindowsLaunch windows;
};

/// The steps of a launch that can fail, in their order.
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

/// The system call of the step: `exec`, `chdir`, `clone`, ...
[[nodiscard]] const char* name_of(LaunchStep step) noexcept;

/// A running process, or the step that failed. After a failure there is no process: it was reaped.
struct LaunchOutcome {
  LaunchStep failed = LaunchStep::none;
  std::error_code error;   ///< Why the step failed.
  std::string raw_report;  ///< `garbled`: the bytes that came instead of a report.
  int pid = 0;             ///< The number of the process.
  /// Becomes readable when the process has ended; closed on exec. None where the system has no such
  /// thing.
  Handle process;
  /// The job that holds the process and its descendants, with `WindowsLaunch::owns_tree`.
  Handle tree;
};

/// Starts the program.
///
/// Nothing changes in the calling process, and none of its signal handlers runs in the child. The
/// cost does not depend on the size of the calling process, except with `hook`. A failed step is
/// returned, not thrown.
/// - Throws: OSError with the call `pipe` if a true fork has no descriptor left to report through.
///   ValueError for arguments that cannot be passed to a batch file (Windows).
/// - Blocks: until the program is executing (Windows: until the process exists).
/// - Threads: safe.
[[nodiscard]] LaunchOutcome launch(const LaunchRequest& request);

/// The name of the back end that launches use, for messages: `clone3`, `clone`, `vfork`, `fork`, or
/// `CreateProcess`.
[[nodiscard]] const char* launch_back_end() noexcept;

}  // namespace progeny::platform
