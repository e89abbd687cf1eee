#pragma once

// The keyword arguments of `Popen`, `run`, `call`, `check_call` and `check_output`.

#include <progeny/base/environment.hpp>
#include <progeny/base/path_like.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/subprocess/accounts.hpp>
#include <progeny/subprocess/redirect.hpp>
#include <progeny/subprocess/startup_info.hpp>
#include <progeny/subprocess/window_size.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::subprocess {

/// What leaving the scope of a `Popen` does to a child that still runs.
enum class AtScopeExit : std::uint8_t {
  /// Closes the pipes and lets the child go on. It is reaped in the background when it ends, and a
  /// host's log (<progeny/base/host_log.hpp>) is told so at the level debug. This is what dropping
  /// a
  /// `Popen` does in Python.
  release,
  /// Closes the pipes and waits for the child without a limit. Python's `with Popen(...)`.
  wait,
  /// Closes the pipes, asks the child to end (`terminate()`), and kills it after `Options::grace`.
  /// With `start_new_session` or `process_group = 0` both reach the whole process group, also when
  /// the child itself has ended. On Windows
  /// they then reach the whole tree of descendants, which also ends when this process dies, and the
  /// request is Ctrl-Break. Buffered data is written only as far as the pipe has room.
  terminate,
  /// Closes the pipes, kills the child and reaps it. Groups, trees and buffered data are treated as
  /// under `terminate`.
  kill,
};

/// Receives output as it arrives: blocks of bytes of any size, or whole decoded characters in text
/// mode. The view is valid until the function returns.
using OutputCallback = std::function<void(std::string_view)>;

/// Keyword arguments, in Python's order and with Python's defaults. First come those that only
/// `run`, `call`, `check_call` and `check_output` take, then those of `Popen`, then those that
/// Python does not have.
///
/// Use designated initialisers: `run({"sort"}, {.input = text, .timeout = 2s})`. A bad value throws
/// `ValueError` before anything is started, and so does an option of the other platform.
///
/// A misspelt option, or one out of order, makes the compiler say only that no `run` fits. Write
/// the type, and it says which: `run({"sort"}, sp::Options{.capture_ouput = true})`.
struct Options {
  // Only for run, call, check_call and check_output. Popen refuses these.

  /// Bytes fed to the child's stdin, which is closed afterwards. Not together with `std_in`.
  std::optional<std::string> input = {};
  /// Captures both outputs: `std_out = PIPE, std_err = PIPE`. Not together with either of them.
  bool capture_output = false;
  /// Longest time from the launch on. On expiry the child is killed and reaped, and
  /// `TimeoutExpired` carries what was captured. Default: no limit.
  Timeout timeout = {};
  /// Throws `CalledProcessError` if the return code is not 0.
  bool check = false;

  // Popen's.

  /// Buffer size of the pipes' streams in bytes. Negative: the default size, 8,192. 0: no buffer
  /// (binary mode only). 1: line by line in text mode, the default size in binary mode.
  int bufsize = -1;
  /// The program to execute instead of the first item of the arguments, which stays the child's
  /// `argv[0]`. With `shell` it is the shell to use instead of `/bin/sh` or `%ComSpec%`. A name
  /// without a folder is looked up in PATH on POSIX, and in the current folder on Windows.
  std::optional<PathLike> executable = {};
  /// The child's stdin. Default: the parent's.
  Redirect std_in = {};
  /// The child's stdout. Default: the parent's.
  Redirect std_out = {};
  /// The child's stderr. Default: the parent's. `STDOUT`: the same place as stdout.
  Redirect std_err = {};
  /// POSIX: called in the child just before the program is executed. It makes the launch slower,
  /// because it needs a true fork. It is safe only if no other thread of the parent holds a lock
  /// that the function needs. Prefer the option that does the same, if there is one.
  std::function<void()> preexec_fn = {};
  /// Gives the child no descriptor but 0, 1, 2 and `pass_fds`. With `false` it also gets the
  /// descriptors that are inheritable. Costs one system call, however many descriptors are open.
  bool close_fds = true;
  /// Runs the command through the shell: `/bin/sh -c` on POSIX, `%ComSpec% /c` on Windows.
  bool shell = false;
  /// The child's working folder. A relative program with a `/` in it is looked up from there.
  std::optional<PathLike> cwd = {};
  /// The child's environment. Default: the parent's; `{}` is an empty one.
  Environment env = Environment::inherited();
  /// Older name of `text`.
  std::optional<bool> universal_newlines = {};
  /// Windows: how the child's first window is shown.
  std::optional<StartupInfo> startupinfo = {};
  /// Windows: flags for `CreateProcess`, see <progeny/subprocess/windows_flags.hpp>.
  std::uint32_t creationflags = 0;
  /// POSIX: resets SIGPIPE and SIGXFSZ, which libraries often ignore, to their default action.
  /// Signals with a handler are always reset. Other ignored signals stay ignored.
  bool restore_signals = true;
  /// POSIX: runs the child in a session (and process group) of its own, by setsid(2).
  bool start_new_session = false;
  /// POSIX: descriptors that stay open in the child under the same numbers. Implies `close_fds`.
  std::vector<int> pass_fds = {};
  /// POSIX: the user to run as. Needs the privilege. Groups do not change.
  std::optional<Account> user = {};
  /// POSIX: the group to run as. Needs the privilege.
  std::optional<Account> group = {};
  /// POSIX: the supplementary groups. Default: the parent's. `{}`: none.
  Groups extra_groups = Groups::unchanged();
  /// Encoding of the pipes: any name that iconv knows, or Python's name for it, or `locale` for
  /// that of the user's locale. Turns text mode on. Default in text mode: UTF-8.
  std::optional<std::string> encoding = {};
  /// Python's error handler for text that cannot be decoded or encoded: `strict` (the default),
  /// `ignore`, `replace`, `backslashreplace`, `surrogateescape`, `surrogatepass` or (encoding only)
  /// `xmlcharrefreplace`. Turns text mode on.
  std::optional<std::string> errors = {};
  /// Text mode: output is decoded to UTF-8 and its line ends become `\n`, input is encoded.
  std::optional<bool> text = {};
  /// POSIX: the child's umask, 0 to 0777. Default -1: the parent's.
  int umask = -1;
  /// Linux: capacity of the pipes in bytes, which the kernel rounds up. Default -1: the system's
  /// default, which `communicate` raises while it moves bulk data.
  int pipesize = -1;
  /// POSIX: the process group to join. 0 makes a new one. Default: the parent's. On Windows a child
  /// can only lead a new group: see `create_new_process_group`.
  std::optional<int> process_group = {};

  // Beyond Python.

  /// With `PTY`: the size of the terminal's window at the start; see `Popen::resize`.
  WindowSize pty_size = {};
  /// With `PTY`: whether the terminal echoes input. The child can change that later. On Windows
  /// only the child decides.
  bool pty_echo = true;
  /// What leaving the scope of a `Popen` does to a child that still runs. `run`, `call`,
  /// `check_call` and `check_output` always reap the child, and kill it before they throw; with
  /// `terminate` or `kill` they also end its group or tree, with the grace period.
  AtScopeExit at_scope_exit = AtScopeExit::release;
  /// Time between SIGTERM and SIGKILL under `AtScopeExit::terminate`.
  Timeout grace = std::chrono::seconds(5);
  /// With `std_out = PIPE` or `PTY`: `communicate` and `run` hand the output to this function
  /// instead of collecting it. They pass on an exception that it throws.
  OutputCallback on_std_out = {};
  /// With `std_err = PIPE` (or `PTY`, if stdout goes elsewhere): the same for stderr.
  OutputCallback on_std_err = {};
  /// Cancels `run`, `call`, `check_call` and `check_output`: they kill the child and throw
  /// `CancelledError`.
  std::stop_token stop = {};
};

}  // namespace progeny::subprocess
