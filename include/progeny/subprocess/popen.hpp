#pragma once

// A child process that you talk to while it runs: Python's `subprocess.Popen`. For running a
// program to its end, see <progeny/subprocess/run.hpp>.

#include <progeny/base/bytes.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/ending.hpp>
#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/stream.hpp>
#include <progeny/subprocess/window_size.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace progeny::subprocess {

/// What `communicate` returns. A stream that was not captured is `nullopt`. A stream that was
/// captured and stayed silent is an empty string.
struct Output {
  /// All of stdout.
  std::optional<std::string> std_out = {};
  /// All of stderr.
  std::optional<std::string> std_err = {};
};

/// Starts a program and stands for the running child.
///
/// The constructor returns when the program is executing, or throws. Leaving the scope closes the
/// pipes and then treats the child as `Options::at_scope_exit` says. By default the child goes on.
///
/// A container makes one in its place if the braces have a type:
/// `children.emplace_back(sp::Args{"ls",
/// "-l"})`, `std::optional<sp::Popen>().emplace(sp::Args{"ls"}, sp::Options{.std_out = sp::PIPE})`.
///
/// - Python: `subprocess.Popen`.
/// - Threads: `poll`, `wait`, `kill`, `terminate`, `send_signal`, `pid` and `returncode` are safe
///   from several threads at once. `communicate` and each stream belong to one thread at a time.
class PROGENY_EXPORT Popen {
 public:
  /// Starts a program.
  ///
  /// - Throws: `OSError` if the system refuses. For a missing program its `code()` is
  ///   `no_such_file_or_directory` and its `filename()` is the name exactly as given. `ValueError`
  ///   and `LookupError` for invalid options. `SubprocessError` if `preexec_fn` threw. After an
  ///   exception there is no child and no open descriptor.
  /// - Blocks: until the program is executing. On POSIX that includes loading its file, which may
  ///   take long from a dead network file system.
  /// - Example: examples/subprocess/dialogue.cpp
  explicit Popen(const Args& args, const Options& options = {});
  /// Starts a program from a list in braces: `Popen p({"sort", "-n"});`.
  // NOLINTNEXTLINE(google-explicit-constructor): starting a program is no conversion.
  explicit Popen(std::initializer_list<PathLike> args, const Options& options = {});
  /// Takes over the child. Afterwards `other` can only be destroyed or assigned to.
  Popen(Popen&& other) noexcept;
  /// Treats the present child as the destructor does, then takes over the child of `other`.
  Popen& operator=(Popen&& other) noexcept;
  Popen(const Popen&) = delete;
  Popen& operator=(const Popen&) = delete;
  /// Closes the pipes, then treats the child as `Options::at_scope_exit` says. In a process forked
  /// from the one that made this object, the child is left alone.
  ///
  /// - Blocks: under `wait` until the child ends; under `terminate` at most for the grace period;
  ///   under `wait` and `release` also until a full pipe has taken the data that was written to
  ///   `std_in` and is still buffered.
  ~Popen();

  /// Asks whether the child has ended, without waiting.
  /// - Python: `Popen.poll`.
  /// - Returns: the return code, or `nullopt` while the child runs. 0 if other code of this process
  ///   reaped the child.
  std::optional<std::int64_t> poll();

  /// Waits for the child to end.
  ///
  /// - Python: `Popen.wait`. Differs: `timeout` is a duration; `stop` is new.
  /// - Returns: the exit status, or -N if signal N ended the child (POSIX). 0 if other code of this
  ///   process reaped the child, so that its status is lost. On Windows 0 to 4294967295, which does
  ///   not fit into an `int`.
  /// - Throws: `TimeoutExpired` after `timeout`; `CancelledError` after a request by `stop` and a
  ///   last 0.25 s in which the child may end by itself. In both cases the child keeps running.
  /// - Blocks: until the child ends. Pipes are not drained: a child that fills one never ends. Use
  ///   `communicate` for such a child.
  /// - Threads: safe; see the class.
  /// - Example: examples/subprocess/wait_with_timeout.cpp
  std::int64_t wait(Timeout timeout = {}, const std::stop_token& stop = {});

  /// Feeds stdin, reads all output to its end, and waits for the child.
  ///
  /// Can be called again after `TimeoutExpired`: nothing is lost, and the rest of `input` is sent
  /// then. A call after the end returns the same output again. A child that does not read its input
  /// is no error.
  ///
  /// - Python: `Popen.communicate`. Differs: `stop` is new.
  /// - Returns: the output, decoded in text mode; `nullopt` for a stream that is no pipe or that
  ///   went to a callback.
  /// - Throws: `TimeoutExpired` with the output so far; `CancelledError`; `ValueError` for input
  ///   without a `std_in()`, or for new input in a later call; `UnicodeDecodeError` and
  ///   `UnicodeEncodeError` in text mode.
  /// - Blocks: until the child has ended and every process that holds its output pipes has closed
  ///   them. A grandchild may be one.
  /// - Threads: not together with reading or writing the streams.
  /// - Example: examples/subprocess/communicate.cpp
  Output communicate(BytesView input = {}, Timeout timeout = {}, const std::stop_token& stop = {});

  /// Sends a signal to the child, but not to its children. Nothing happens once it has ended.
  /// - Python: `Popen.send_signal`.
  /// - Throws: `OSError` with EINVAL for a number that is no signal; `ValueError` for a signal that
  ///   Windows cannot send.
  /// - Platforms: Windows has only SIGTERM, `ctrl_c_event` and `ctrl_break_event`. The last two go
  ///   to the child's process group (`create_new_process_group`).
  void send_signal(int signal);
  /// Asks the child to end, by SIGTERM. On Windows the same as `kill()`.
  /// - Python: `Popen.terminate`.
  void terminate();
  /// Ends the child, by SIGKILL or by TerminateProcess on Windows. It still has to be waited for.
  /// - Python: `Popen.kill`.
  void kill();

  /// Asks the child and all that descend from it to end, by SIGTERM. On Windows the same as
  /// `kill_tree()`.
  /// - Throws: `OSError` if one of them may not be signalled; the others have been.
  void terminate_tree();
  /// Ends the child and all that descend from it.
  ///
  /// Those that try to escape by starting others are stopped first. One that has made a session of
  /// its own is found, too, unless it has left its group and its session and its parent has ended:
  /// a daemon. Nothing happens once the child itself has ended.
  /// - Python: none; `psutil`.
  /// - Throws: as `terminate_tree`.
  /// - Blocks: for some passes through the system's list of processes.
  void kill_tree();
  /// Ends the child and all that descend from it: `terminate_tree()`, up to `grace` for the child
  /// to end, `kill_tree()`, and a wait for the child.
  ///
  /// A descendant that outlives the child after the first request goes on: it has been asked to
  /// end.
  /// - Returns: as `wait`.
  /// - Throws: as `terminate_tree`, if the child still runs then.
  /// - Blocks: up to `grace`, and until the child is reaped.
  /// - Example: examples/subprocess/stop_tree.cpp
  std::int64_t stop(Timeout grace = std::chrono::seconds(2));

  /// Changes the size of the child's terminal (`PTY`). The child is told by SIGWINCH. Nothing
  /// happens if the terminal has been hung up.
  /// - Throws: `ValueError` if the child has no terminal, or for a size outside 1 to 32767.
  /// - Threads: one thread at a time, together with the uses of the streams.
  void resize(const WindowSize& size);

  /// The pipe to the child's stdin. Converts to `false` unless `std_in` is `PIPE` or `PTY`.
  [[nodiscard]] Stream& std_in();
  /// The pipe from the child's stdout. Converts to `false` unless `std_out` is `PIPE` or `PTY`.
  [[nodiscard]] Stream& std_out();
  /// The pipe from the child's stderr. Converts to `false` unless `std_err` is `PIPE`, or `PTY`
  /// while `std_out` is not.
  [[nodiscard]] Stream& std_err();

  /// The child's process id. With `shell` it is that of the shell.
  [[nodiscard]] int pid() const;
  /// The return code, once a `poll`, `wait` or `communicate` has seen the end of the child.
  [[nodiscard]] std::optional<std::int64_t> returncode() const;
  /// How the child ended in detail, once `returncode()` is known.
  /// - Python: none.
  [[nodiscard]] std::optional<Ending> ending() const;
  /// A handle that becomes and stays readable when the child has ended, to wait on with others.
  /// Neither read from it nor close it. Valid until the destruction of this object.
  /// - Python: `Process.sentinel` of multiprocessing; `os.pidfd_open`.
  /// - Throws: `OSError` if the system has no descriptor or thread left for it.
  [[nodiscard]] native_handle sentinel() const;
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
