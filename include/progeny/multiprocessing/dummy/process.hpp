#pragma once

// A thread with the methods of a process: Python's `multiprocessing.dummy.Process`.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/system_exit.hpp>

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::dummy {

namespace detail {
class ThreadCore;
class ThreadAccess;
}  // namespace detail

/// Keyword arguments of `Process`, beside the target and its arguments.
struct ProcessOptions {
  /// The name. Default: `Thread-N`, where N counts from 1.
  std::string name = {};
  /// Whether the program may end while the thread runs. Default: as the thread that makes it.
  std::optional<bool> daemon = {};
};

/// A function with arguments that runs in another thread.
///
/// An object of this class is a handle: destroying it does nothing to the thread. At the end of the
/// program all threads but daemonic ones are joined. An exception of the target is printed to
/// stderr and ends the thread; a `SystemExit` ends it silently.
///
/// - Python: `multiprocessing.dummy.Process`. Differs: it has no `run` to override. As in Python
/// there
///   is no way to end a thread from outside: no `terminate`, no `kill`.
/// - Threads: methods are safe on one object from several threads.
/// - Example: examples/multiprocessing/dummy.cpp
class PROGENY_EXPORT Process {
 public:
  /// Without a target: the thread does nothing.
  explicit Process(const ProcessOptions& options = {});
  /// With `target(args...)` to run. Arguments are kept by value until `start()`.
  template <class Target, class... Args>
    requires multiprocessing::detail::MayBeTarget<Target, ProcessOptions, Process>
  explicit Process(Target&& target, Args&&... args)
      : Process(ProcessOptions{}, std::forward<Target>(target), std::forward<Args>(args)...) {}
  /// The same with options.
  template <class Target, class... Args>
    requires multiprocessing::detail::MayBeTarget<Target, ProcessOptions, Process>
  Process(const ProcessOptions& options, Target&& target, Args&&... args)
      : Process(options,
                multiprocessing::detail::make_task(std::forward<Target>(target),
                                                   std::forward<Args>(args)...)) {}

  /// Starts the thread.
  /// - Throws: `UsageError` if it was started before; `RuntimeError` if another thread than the
  ///   calling one has made the object; `OSError` if the system refuses.
  void start();
  /// Waits for the end of the thread.
  /// - Returns: whether it has ended.
  /// - Throws: `UsageError` before `start()`, and in the thread itself.
  /// - Blocks: until its end, at most `timeout`.
  bool join(Timeout timeout = {});
  /// Whether the thread has been started and has not ended.
  [[nodiscard]] bool is_alive() const;

  /// The name.
  [[nodiscard]] std::string name() const;
  /// Renames the thread.
  void set_name(const std::string& name);
  /// Whether the program may end while it runs.
  [[nodiscard]] bool daemon() const;
  /// Makes the thread daemonic, or not.
  /// - Throws: `UsageError` after `start()`.
  void set_daemon(bool daemon);
  /// 0 once the thread has ended, however it did; nothing before.
  [[nodiscard]] std::optional<std::int64_t> exitcode() const;
  /// A number that no other thread of the program has had. Nothing before `start()`.
  [[nodiscard]] std::optional<std::uint64_t> ident() const;

  /// Python's repr: `<DummyProcess(Thread-1, started)>`.
  friend PROGENY_EXPORT std::string to_string(const Process& process);
  /// Prints `to_string`.
  friend PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Process& process);
  /// Whether both stand for one thread.
  friend bool operator==(const Process&, const Process&) = default;

 private:
  friend class detail::ThreadAccess;
  Process(const ProcessOptions& options, std::unique_ptr<multiprocessing::detail::Task> task);
  explicit Process(std::shared_ptr<detail::ThreadCore> core) noexcept : core_(std::move(core)) {}

  std::shared_ptr<detail::ThreadCore> core_;
};

/// The thread that calls.
/// - Python: `multiprocessing.dummy.current_process`.
[[nodiscard]] PROGENY_EXPORT Process current_process();

/// The threads that the calling one has started and that have not ended.
/// - Python: `multiprocessing.dummy.active_children`.
[[nodiscard]] PROGENY_EXPORT std::vector<Process> active_children();

}  // namespace progeny::multiprocessing::dummy
