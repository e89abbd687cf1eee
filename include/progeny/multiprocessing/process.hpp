#pragma once

// A function that runs in a process of its own: Python's `multiprocessing.Process`, and what a
// process knows of itself, its parent and its children.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/task.hpp>

#include <cstdint>
#include <exception>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

/// Ends the process that throws it out of a target: the target's `sys.exit`.
class PROGENY_EXPORT SystemExit : public std::exception {
 public:
  /// The exit code; of a negative or large number the system keeps the lowest eight bits (POSIX).
  explicit SystemExit(int code = 0) noexcept : code_(code) {}
  /// The exit code.
  [[nodiscard]] int code() const noexcept { return code_; }
  /// `SystemExit`.
  [[nodiscard]] const char* what() const noexcept override { return "SystemExit"; }

 private:
  int code_;
};

/// Keyword arguments of `Process`, beside the target and its arguments.
struct ProcessOptions {
  /// What the process is called. Default: `Process-N`, N counted from 1 in each process, with the
  /// creator's own numbers before it in a child (`Process-2:1`).
  std::string name = {};
  /// Whether it is ended when this process ends. Default: as the creating process is itself.
  std::optional<bool> daemon = {};
  /// Whether the system kills it when this process dies, however suddenly (`kill -9`). Default: as
  /// `daemon`. Python has no such thing.
  std::optional<bool> die_with_parent = {};
};

/// A function with arguments that runs, or is going to run, in another process.
///
/// Arguments are kept by value until `start()`. Under the start method `fork` every callable goes,
/// closures included. Under `spawn` and `forkserver` the child is this program started anew: a
/// function or captureless lambda travels as its place in the program, and the arguments must be
/// `serial::Transferable`; what cannot travel is refused by `start()` with a sentence.
///
/// An object of this class is a handle: moving it leaves an empty one, and dropping it does nothing
/// to the process, as in Python. At its end the program joins the processes that still run, and
/// terminates the daemonic ones.
///
/// - Python: `multiprocessing.Process`. Differs: `target` comes first and its arguments follow.
/// - Threads: methods are safe on one object from several threads.
/// - Example: examples/multiprocessing/process.cpp
class PROGENY_EXPORT Process {
 public:
  /// Without a target: it starts, does nothing, and exits 0.
  Process();
  /// To run without a target, or by a subclass that overrides `run()`.
  explicit Process(const ProcessOptions& options);
  /// To run `target(args...)`.
  template <class Target, class... Args>
    requires detail::CallableWith<Target, Args...>
  explicit Process(Target&& target, Args&&... args)
      : Process(ProcessOptions{}, std::forward<Target>(target), std::forward<Args>(args)...) {}
  /// To run `target(args...)` under another name or as a daemon.
  template <class Target, class... Args>
    requires detail::CallableWith<Target, Args...>
  Process(const ProcessOptions& options, Target&& target, Args&&... args)
      : Process(options,
                detail::make_task(std::forward<Target>(target), std::forward<Args>(args)...)) {}

  /// Takes over the process of `other`, which is empty then.
  Process(Process&& other) noexcept;
  /// Takes over the process of `other`, which is empty then.
  Process& operator=(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Lets the process go on.
  virtual ~Process();

  /// What happens in the child: calls the target. A subclass may do something else instead; to be
  /// started by `spawn` and `forkserver` it must be a `Subclass`.
  virtual void run();

  /// Starts it. Afterwards the target and its arguments are gone from this process. Shared memory
  /// among them is not used again before the end of the process has been seen here.
  ///
  /// - Throws: `UsageError` if it was started before, by another process, or from a daemonic one;
  ///   `ValueError` if it is closed; `OSError` if the system refuses; `RuntimeError` if the target
  ///   or an argument cannot travel. Nothing has been started then.
  /// - Blocks: until the process exists, not until it runs.
  void start();

  /// Waits until it has ended, at most `timeout`. Returns whether it has ended.
  ///
  /// - Throws: `UsageError` before `start()`, or if another process started it.
  bool join(Timeout timeout = {});

  /// Whether it has been started and runs still. Reaps it if it does not.
  ///
  /// - Throws: `UsageError` if another process started it.
  [[nodiscard]] bool is_alive();

  /// Asks it to end (SIGTERM). Nothing if it has ended already.
  void terminate();
  /// Ends it (SIGKILL). Nothing if it has ended already.
  void kill();
  /// Interrupts it as Ctrl-C does (SIGINT). POSIX. Nothing if it has ended already.
  void interrupt();

  /// Frees what the system holds for an ended process. Only `name()` and `daemon()` can be asked
  /// for then; all else throws `ValueError`.
  ///
  /// - Throws: `ValueError` while it runs, and nothing has changed.
  void close();

  /// Its name.
  [[nodiscard]] std::string name() const;
  /// Renames it. Names need not be unique.
  void set_name(const std::string& name);
  /// Whether it is ended with its creator.
  [[nodiscard]] bool daemon() const;
  /// Makes it daemonic or not. Throws `UsageError` after `start()`.
  void set_daemon(bool daemon);
  /// 0, the code of `SystemExit` or `exit`, 1 after an exception, -N for death by signal N; nothing
  /// while it runs, and if somebody else has reaped it.
  [[nodiscard]] std::optional<std::int64_t> exitcode();
  /// Its number; nothing before `start()`.
  [[nodiscard]] std::optional<int> pid() const;
  /// As `pid()`.
  [[nodiscard]] std::optional<int> ident() const { return pid(); }
  /// A handle that becomes readable when the process has ended, and stays so. Valid until `close()`
  /// or the destruction of the last handle; not to be read from or closed.
  ///
  /// - Throws: `ValueError` before `start()`.
  [[nodiscard]] native_handle sentinel() const;
  /// The key by which its connections are authenticated: its creator's, unless set.
  [[nodiscard]] std::string authkey() const;
  /// Gives it another key. Of the current process: also what its later children inherit.
  void set_authkey(const std::string& key);

  /// Python's repr: `<Process name='Process-1' pid=71 parent=70 started>`.
  friend PROGENY_EXPORT std::string to_string(const Process& process);
  /// Prints `to_string`.
  friend PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Process& process);

 protected:
  /// How a subclass is made again in a process that does not copy this one. Null: it cannot.
  [[nodiscard]] virtual std::unique_ptr<detail::Task> portable_task();

 private:
  friend class detail::ProcessAccess;
  Process(const ProcessOptions& options, std::unique_ptr<detail::Task> task);
  explicit Process(std::shared_ptr<detail::ProcessCore> core) noexcept;
  [[nodiscard]] detail::ProcessCore& core() const;

  std::shared_ptr<detail::ProcessCore> core_;
};

/// Base of subclasses of `Process` that every start method can start.
///
/// `Derived` has a method `arguments()` that gives a tuple of what its constructor takes: in the
/// child it is constructed from them anew, and its `run()` is called.
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

/// The process that asks. In the main process it is called `MainProcess`.
[[nodiscard]] PROGENY_EXPORT Process current_process();

/// The process that created the asking one, as far as it is known: name, number, sentinel, and
/// `join`, `is_alive`. Nothing in the main process.
[[nodiscard]] PROGENY_EXPORT std::optional<Process> parent_process();

/// Children of this process that run. Reaps those that have ended.
[[nodiscard]] PROGENY_EXPORT std::vector<Process> active_children();

/// Number of logical processors of the machine. Throws `NotImplementedError` if it is not known.
[[nodiscard]] PROGENY_EXPORT int cpu_count();

}  // namespace progeny::multiprocessing
