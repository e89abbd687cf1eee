#pragma once

// A child process that you talk to while it runs: Python's `subprocess.Popen`. For running a
// program to its end, see <progeny/subprocess/run.hpp>.

#include <progeny/base/bytes.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/stream.hpp>
#include <progeny/subprocess/window_size.hpp>

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace progeny::subprocess {

/// What `communicate` returns. A stream that was not captured is nothing, one that was captured
/// and stayed silent is an empty string.
struct Output {
  /// All of stdout.
  std::optional<std::string> std_out = {};
  /// All of stderr.
  std::optional<std::string> std_err = {};
};

/// Starts a program and stands for the running child.
///
/// The constructor returns when the program is executing, or throws. Leaving the scope closes the
/// pipes and does with the child what `Options::at_scope_exit` says: by default it goes on.
///
/// - Python: `subprocess.Popen`.
/// - Threads: `poll`, `wait`, `kill`, `terminate`, `send_signal`, `pid` and `returncode` are safe
///   from several threads at once. `communicate` and each stream belong to one thread at a time.
class PROGENY_EXPORT Popen {
 public:
  /// Starts a program.
  ///
  /// - Throws: `OSError` if the system refused: a missing program has `code()`
  ///   `no_such_file_or_directory` and the name in `filename()`, exactly as given. `ValueError` and
  ///   `LookupError` for options that cannot be meant. `SubprocessError` if `preexec_fn` threw.
  ///   After an exception there is no child and no open descriptor.
  /// - Blocks: until the program is executing. On POSIX that includes loading its file, which may
  ///   take long from a dead network file system.
  /// - Example: examples/subprocess/dialogue.cpp
  explicit Popen(const Args& args, const Options& options = {});
  /// Starts a program from a list in braces: `Popen p({"sort", "-n"});`.
  // NOLINTNEXTLINE(google-explicit-constructor): starting a program is no conversion.
  explicit Popen(std::initializer_list<PathLike> args, const Options& options = {});
  /// Takes over the child; `other` is then good only for being destroyed or assigned to.
  Popen(Popen&& other) noexcept;
  /// Does with the present child what leaving the scope would, then takes over `other`'s.
  Popen& operator=(Popen&& other) noexcept;
  Popen(const Popen&) = delete;
  Popen& operator=(const Popen&) = delete;
  /// Closes the pipes, then as `Options::at_scope_exit` says. Blocks under `wait`, under
  /// `terminate` for the grace period, and under `wait` and `release` as long as a full pipe does
  /// not take what was written to `std_in` and is still buffered. In a process forked from the one
  /// that made it, it leaves the child alone.
  ~Popen();

  /// Looks whether the child has ended, without waiting.
  /// - Returns: the return code, or nothing while it runs. 0 if somebody else reaped the child.
  std::optional<std::int64_t> poll();

  /// Waits for the child to end.
  ///
  /// - Returns: the exit status, or -N if signal N ended the child (POSIX). 0 if somebody else
  ///   reaped the child, so that its status is lost. On Windows 0 to 4294967295, which is why an
  ///   `int` is too small for it.
  /// - Throws: `TimeoutExpired` after `timeout`, `CancelledError` on `stop` (after a last 0.25 s
  ///   in which the child may end by itself); the child keeps running.
  /// - Blocks: until the exit. Pipes are not drained: a child that fills one never ends. Use
  ///   `communicate` for that.
  std::int64_t wait(Timeout timeout = {}, const std::stop_token& stop = {});

  /// Feeds stdin, reads all output to its end, and waits for the child.
  ///
  /// Can be called again after `TimeoutExpired`: nothing is lost, and what was not yet sent of
  /// `input` is sent then. After it has finished it returns the same output again. A child that
  /// does not read its input is no error.
  ///
  /// - Returns: the output; decoded in text mode. Nothing for a stream that is no pipe, or that
  ///   went to a callback.
  /// - Throws: `TimeoutExpired` with the output so far. `CancelledError`. `ValueError` for input
  ///   without a `std_in()`, or for new input in a later call. `UnicodeDecodeError` and
  ///   `UnicodeEncodeError` in text mode.
  /// - Blocks: until the child has ended and every holder of its output pipes has closed them (a
  ///   grandchild may be one).
  /// - Threads: not together with reading or writing the streams.
  Output communicate(BytesView input = {}, Timeout timeout = {}, const std::stop_token& stop = {});

  /// Sends a signal to the child (not to its children). A child that has ended is left alone.
  /// - Throws: `OSError` with EINVAL for a number that is no signal; `ValueError` for one that
  ///   Windows cannot send.
  /// - Platforms: on Windows only SIGTERM, `ctrl_c_event` and `ctrl_break_event`, the last two to
  ///   the child's process group (`create_new_process_group`).
  void send_signal(int signal);
  /// Asks the child to end: SIGTERM; on Windows the same as `kill()`.
  void terminate();
  /// Ends the child: SIGKILL; TerminateProcess on Windows. The child is still to be waited for.
  void kill();

  /// Gives the child's terminal (`PTY`) another size, of which the child learns by SIGWINCH. No
  /// error if the terminal has been hung up.
  /// - Throws: `ValueError` if the child has no terminal, or for a size outside 1 to 32767.
  /// - Threads: as a use of the streams.
  void resize(const WindowSize& size);

  /// The pipe to the child's stdin; none unless `std_in` is `PIPE` or `PTY`.
  [[nodiscard]] Stream& std_in();
  /// The pipe from the child's stdout; none unless `std_out` is `PIPE` or `PTY`.
  [[nodiscard]] Stream& std_out();
  /// The pipe from the child's stderr; none unless `std_err` is `PIPE`, or `PTY` alone.
  [[nodiscard]] Stream& std_err();

  /// The child's process id; that of the shell with `shell`.
  [[nodiscard]] int pid() const;
  /// What the last `poll`, `wait` or `communicate` learned: the return code, or nothing yet.
  [[nodiscard]] std::optional<std::int64_t> returncode() const;
  /// The command, as it was given.
  [[nodiscard]] const Args& args() const;
  /// What Python's repr says: `<Popen: returncode: None args: ['sort', '-n']>`.
  [[nodiscard]] std::string repr() const;

 private:
  struct Impl;
  [[nodiscard]] Impl& impl() const;

  std::unique_ptr<Impl> impl_;
};

/// Prints `popen.repr()`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Popen& popen);

}  // namespace progeny::subprocess
