#pragma once

// A function that runs in a process of its own: Python's `multiprocessing.Process`. Also what a
// process knows of itself, its parent and its children.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/system_exit.hpp>
#include <progeny/serial/codec.hpp>
#include <progeny/serial/function.hpp>

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

/// The ways to start a process. `Context` describes them, and takes their names.
enum class StartMethod : std::uint8_t { fork, spawn, forkserver };

/// Keyword arguments of `Process`, beside the target and its arguments.
struct ProcessOptions {
  /// The name. Default: `Process-N`, where N counts from 1 in each process. In a child the numbers
  /// of the child come before it: `Process-2:1`.
  std::string name = {};
  /// Whether the process is terminated when this process ends. Default: as this process itself.
  std::optional<bool> daemon = {};
  /// Whether the system kills the process when this process dies, even by `kill -9`. Default: as
  /// `daemon`. Python has no such option.
  std::optional<bool> die_with_parent = {};
};

/// A function with arguments that runs in another process.
///
/// Arguments are kept by value until `start()`. The start method `fork` takes every callable. Under
/// `spawn` and `forkserver` the child is this program started anew: the target is a function, a
/// captureless lambda or an object that is `serial::Transferable`, and so are its arguments. A
/// function may be an argument, too. Text in quotes is kept as a `std::string`, and a parameter of
/// type `const char*` points into that.
///
/// An object of this class is a handle: moving it leaves an empty one, and destroying it does
/// nothing to the process. At the end of the program, daemonic processes are terminated and all
/// others are joined. A daemonic one that has not ended after 3 s, as it ignores SIGTERM or is
/// stopped, is killed.
///
/// - Python: `multiprocessing.Process`. Differs: `target` comes first and its arguments follow it.
/// - Threads: methods are safe on one object from several threads.
/// - Example: examples/multiprocessing/process.cpp
class PROGENY_EXPORT Process {
 public:
  /// Without a target: the process does nothing and exits with 0.
  Process();
  /// Without a target, or for a subclass that overrides `run()`.
  explicit Process(const ProcessOptions& options);
  /// With `target(args...)` to run.
  template <class Target, class... Args>
    requires detail::MayBeTarget<Target, ProcessOptions, Process>
  explicit Process(Target&& target, Args&&... args)
      : Process(ProcessOptions{}, std::forward<Target>(target), std::forward<Args>(args)...) {}
  /// The same with options.
  template <class Target, class... Args>
    requires detail::MayBeTarget<Target, ProcessOptions, Process>
  Process(const ProcessOptions& options, Target&& target, Args&&... args)
      : Process(options,
                detail::make_task(std::forward<Target>(target), std::forward<Args>(args)...)) {}

  /// Takes over the process of `other`, which is empty then.
  Process(Process&& other) noexcept;
  /// Takes over the process of `other`, which is empty then.
  Process& operator=(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Does nothing to the process.
  virtual ~Process();

  /// Calls the target. Runs in the child. A class that overrides it must be a `Subclass` to be
  /// started by `spawn` or `forkserver`.
  virtual void run();

  /// Starts the process. Afterwards this process no longer has the target and its arguments. Shared
  /// memory among them is used again once the end of the process has been seen here, and its
  /// descendants have ended; it does not matter how they end.
  ///
  /// - Throws: `UsageError` if the process was started before or created by another process, or if
  ///   this process is daemonic; `ValueError` if it is closed; `OSError` if the system refuses;
  ///   `RuntimeError` if the target or an argument cannot travel, or if this program has no way in
  ///   for a child by `spawn` or `forkserver`: see `freeze_support`; `EOFError` if the forkserver
  ///   ended by itself, such as in a preload function, or was killed several times during the call.
  ///   Then nothing has been started.
  /// - Blocks: until the process exists, not until it runs.
  void start();

  /// Waits for the end of the process.
  ///
  /// - Python: `join`. Differs: it returns `None` there.
  /// - Returns: whether the process has ended.
  /// - Throws: `UsageError` before `start()`, or if another process started it; `CancelledError` if
  ///   a stop was requested before its end.
  /// - Blocks: until its end, at most `timeout`.
  bool join(Timeout timeout = {}, const std::stop_token& stop = {});

  /// Whether the process has been started and has not ended. Reaps it if it has.
  ///
  /// - Throws: `UsageError` if another process started it.
  [[nodiscard]] bool is_alive();

  /// Asks the process to end (SIGTERM). Does nothing if it has ended.
  ///
  /// - Throws: `UsageError` before `start()`, or if another process started it; `OSError` if the
  ///   system refuses. So do `kill` and `interrupt`.
  void terminate();
  /// Ends the process (SIGKILL). Does nothing if it has ended.
  void kill();
  /// Interrupts the process as Ctrl-C does (SIGINT; POSIX). Does nothing if it has ended.
  void interrupt();

  /// Frees what the system holds for a process that has ended. Afterwards only `name()` and
  /// `daemon()` work; other calls throw `ValueError`.
  ///
  /// - Throws: `ValueError` while the process runs. Then nothing has changed.
  void close();

  /// The name.
  [[nodiscard]] std::string name() const;
  /// Renames the process. Names need not be unique.
  void set_name(const std::string& name);
  /// Whether the process is terminated when its creator ends.
  [[nodiscard]] bool daemon() const;
  /// Makes the process daemonic, or not.
  ///
  /// - Throws: `UsageError` after `start()`.
  void set_daemon(bool daemon);
  /// How the process ended.
  ///
  /// - Returns: 0, the code of `SystemExit` or `exit`, 1 after an exception, -N for death by signal
  ///   N. Nothing while the process runs, and if another part of the program has reaped it.
  /// - Throws: `UsageError` if another process started it.
  [[nodiscard]] std::optional<std::int64_t> exitcode();
  /// The number that the system gave the process. Nothing before `start()`.
  [[nodiscard]] std::optional<int> pid() const;
  /// The same as `pid()`.
  [[nodiscard]] std::optional<int> ident() const { return pid(); }
  /// A handle that becomes and stays readable when the process has ended, for `connection::wait`.
  /// Neither read from it nor close it. Valid until `close()` or the destruction of this object.
  ///
  /// - Throws: `ValueError` before `start()`.
  [[nodiscard]] native_handle sentinel() const;
  /// The key that authenticates its connections. Default: its creator's.
  [[nodiscard]] std::string authkey() const;
  /// Sets the key. The children that the current process creates later inherit its new key.
  void set_authkey(const std::string& key);

  /// Python's repr: `<Process name='Process-1' pid=71 parent=70 started>`.
  friend PROGENY_EXPORT std::string to_string(const Process& process);
  /// Prints `to_string`.
  friend PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Process& process);

 protected:
  /// A task that constructs this object again in a child. Null: only `fork` can start it.
  [[nodiscard]] virtual std::unique_ptr<detail::Task> portable_task();

 private:
  friend class detail::ProcessAccess;
  Process(const ProcessOptions& options, std::unique_ptr<detail::Task> task);
  explicit Process(std::shared_ptr<detail::ProcessCore> core) noexcept;
  [[nodiscard]] detail::ProcessCore& core() const;

  std::shared_ptr<detail::ProcessCore> core_;
};

/// The base of a subclass of `Process` that every start method can start.
///
/// `Derived` has a method `arguments()`, which returns a tuple of what its constructor takes. Under
/// `spawn` and `forkserver` the child constructs a `Derived` from them and calls its `run()`.
///
/// - Python: a subclass of `Process`, which travels by `pickle`.
template <class Derived>
class Subclass : public Process {
 public:
  using Process::Process;

 private:
  friend Derived;
  Subclass() = default;

 protected:
  /// A task that makes a `Derived` from its `arguments()` and runs it.
  [[nodiscard]] std::unique_ptr<detail::Task> portable_task() override {
    return detail::make_subclass_task<Derived>(static_cast<Derived&>(*this).arguments());
  }
};

/// Python's repr: `<Process name='Process-1' pid=71 parent=70 started>`.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const Process& process);

/// The calling process. A main process has the name `MainProcess`.
///
/// - Python: `multiprocessing.current_process`.
[[nodiscard]] PROGENY_EXPORT Process current_process();

/// The process that created the calling one. `name`, `pid`, `sentinel`, `join` and `is_alive` work.
/// Nothing in a main process.
///
/// - Python: `multiprocessing.parent_process`.
[[nodiscard]] PROGENY_EXPORT std::optional<Process> parent_process();

/// The children of this process that run. Reaps those that have ended.
///
/// - Python: `multiprocessing.active_children`.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::vector<Process> active_children();

/// The number of logical processors of the machine.
///
/// - Python: `multiprocessing.cpu_count`.
/// - Throws: `NotImplementedError` if it is not known.
[[nodiscard]] PROGENY_EXPORT int cpu_count();

/// Gives a plain function a name, by which other builds of the program find it as a target or
/// preload function, if they have registered it, too. Call it before `freeze_support`.
///
/// - Python: none. There, functions travel by name.
/// - Throws: `ValueError` if the name is empty or stands for another function.
/// - Threads: safe.
template <class Result, class... Parameters>
  requires((serial::Transferable<std::remove_cvref_t<Parameters>>) && ...)
void register_function(std::string_view name, Result (*function)(Parameters...)) {
  serial::register_function(name, detail::plain_function(function));
}

}  // namespace progeny::multiprocessing
