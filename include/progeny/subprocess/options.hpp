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
  /// Closes the pipes and lets the child go on; it is reaped in the background when it ends, and
  /// a warning goes to the log. What dropping a `Popen` does in Python.
  release,
  /// Closes the pipes and waits for the child, however long it takes. Python's `with Popen(...)`.
  wait,
  /// Closes the pipes, asks the child to end (`terminate()`), and kills it after `Options::grace`.
  /// With `start_new_session` or `process_group = 0` this reaches the whole group; on Windows,
  /// where asking is Ctrl-Break then, the whole tree of descendants, which also ends when this
  /// process dies. Written data that is still buffered goes only as far as the pipe has room.
  terminate,
  /// Closes the pipes, kills the child and reaps it; its whole group as under `terminate`, and
  /// buffered data likewise.
  kill,
};

/// Receives output as it arrives: blocks of bytes as the system hands them over, or whole decoded
/// characters in text mode. The view is valid until the function returns.
using OutputCallback = std::function<void(std::string_view)>;

/// Keyword arguments, in Python's order and with Python's defaults: those that only `run` and its
/// kin understand first, then `Popen`'s, then what Python has not.
///
/// Use designated initialisers: `run({"sort"}, {.input = text, .timeout = 2s})`. Bad values are a
/// `ValueError` before anything is started. Options of the other platform are refused so too.
struct Options {
  // For run, call, check_call and check_output; Popen refuses them.

  /// Fed to the child's stdin, which is then closed. Not with `std_in`.
  std::optional<std::string> input = {};
  /// Captures both outputs: `std_out = PIPE, std_err = PIPE`. Not with either of them.
  bool capture_output = false;
  /// Longest time from the launch on. On expiry the child is killed and reaped, and
  /// `TimeoutExpired` carries what was captured. Default: no limit.
  Timeout timeout = {};
  /// Throws `CalledProcessError` if the return code is not 0.
  bool check = false;

  // Popen's.

  /// Buffering of the pipes' streams: -1 the default size, 0 none (binary mode only), 1 by lines
  /// (text mode; in binary mode it is as -1), more: so many bytes.
  int bufsize = -1;
  /// The program to execute instead of args' first item, which stays the child's `argv[0]`. With
  /// `shell` the shell to use instead of `/bin/sh` or `%ComSpec%`. Without a folder it is searched
  /// for on POSIX, and taken from the current folder on Windows.
  std::optional<PathLike> executable = {};
  /// The child's stdin. Default: the parent's.
  Redirect std_in = {};
  /// The child's stdout. Default: the parent's.
  Redirect std_out = {};
  /// The child's stderr. Default: the parent's. `STDOUT`: where stdout goes.
  Redirect std_err = {};
  /// POSIX: called in the child just before the program is executed. Makes the launch slower (a
  /// true fork) and is safe only if no other thread of the parent holds a lock that the function
  /// needs; nearly everything that it was used for has an option of its own here.
  std::function<void()> preexec_fn = {};
  /// Gives the child no descriptor but 0, 1, 2 and `pass_fds`. `false` passes on what is
  /// inheritable. Costs one system call, however many descriptors are open.
  bool close_fds = true;
  /// Runs the command through the shell: `/bin/sh -c` on POSIX, `%ComSpec% /c` on Windows.
  bool shell = false;
  /// The child's working folder. A relative program with a `/` in it is looked up from there.
  std::optional<PathLike> cwd = {};
  /// The child's environment. Default: the parent's; `{}` is an empty one.
  Environment env = Environment::inherited();
  /// Older name of `text`.
  std::optional<bool> universal_newlines = {};
  /// Windows: how the first window shows.
  std::optional<StartupInfo> startupinfo = {};
  /// Windows: flags for `CreateProcess`, see <progeny/subprocess/windows_flags.hpp>.
  std::uint32_t creationflags = 0;
  /// POSIX: resets the signals that libraries like to ignore (SIGPIPE, SIGXFSZ) to their default.
  /// Signals with a handler are always reset; other ignored ones stay ignored.
  bool restore_signals = true;
  /// POSIX: runs the child in a session (and process group) of its own, by setsid(2).
  bool start_new_session = false;
  /// POSIX: descriptors that stay open in the child under the same numbers. Implies `close_fds`.
  std::vector<int> pass_fds = {};
  /// POSIX: the user to run as. Needs the privilege. Changes no group.
  std::optional<Account> user = {};
  /// POSIX: the group to run as. Needs the privilege.
  std::optional<Account> group = {};
  /// POSIX: the supplementary groups. Default: the parent's; `{}` is none at all.
  Groups extra_groups = Groups::unchanged();
  /// Encoding of the pipes, which turns text mode on: every name that iconv knows, and Python's
  /// names for them. Default in text mode: UTF-8.
  std::optional<std::string> encoding = {};
  /// What to do about what cannot be decoded or encoded, which turns text mode on: `strict`
  /// (default), `ignore`, `replace`, `backslashreplace`, `surrogateescape`.
  std::optional<std::string> errors = {};
  /// Text mode: output is decoded to UTF-8 and its line ends become `\n`, input is encoded.
  std::optional<bool> text = {};
  /// POSIX: the child's umask, 0 to 0777. Default -1: the parent's.
  int umask = -1;
  /// Linux: capacity of the pipes in bytes, which the kernel rounds up. Default -1: the system's
  /// for streams, and as much as helps while `communicate` moves bulk data.
  int pipesize = -1;
  /// The process group to join; 0 makes a new one. Default: the parent's. Windows knows only new
  /// ones (`create_new_process_group`).
  std::optional<int> process_group = {};

  // Beyond Python.

  /// With `PTY`: the size of the terminal's window at the start; see `Popen::resize`.
  WindowSize pty_size = {};
  /// With `PTY`: whether the terminal shows what is typed, until the child decides otherwise. On
  /// Windows only the child decides.
  bool pty_echo = true;
  /// What leaving the scope does to a child that still runs. `run` and its kin always end with
  /// the child reaped, and kill it when they leave by an exception.
  AtScopeExit at_scope_exit = AtScopeExit::release;
  /// Time between asking and killing under `AtScopeExit::terminate`.
  Timeout grace = std::chrono::seconds(5);
  /// With `std_out = PIPE` or `PTY`: `communicate` and `run` hand the output to this function
  /// instead of collecting it. An exception from it leaves through them.
  OutputCallback on_std_out = {};
  /// With `std_err = PIPE` (or `PTY`, if stdout goes elsewhere): the same for stderr.
  OutputCallback on_std_err = {};
  /// Cancels `run` and its kin, which then kill the child and throw `CancelledError`.
  std::stop_token stop = {};
};

}  // namespace progeny::subprocess
