#pragma once

// What runs at the end of a process: the callbacks of `util::Finalize` and `util::at_exit`, and the
// end of the children between them. Also the hooks of `util::register_after_fork`.
//
// The order at the end of a process, which is that of Python's `util._exit_function`:
//
//     1. callbacks of priority 0 and more   the highest first, the newest first among equals
//     2. children                           daemonic ones are terminated, then all are joined
//     3. callbacks of negative priority     in the same order
//
// A main process gets there by exit(3), a child of ours by `end_process`. A child drops the
// callbacks that it has copied from its parent, so each runs in the process that registered it.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace progeny::multiprocessing::detail {

/// A callback that runs once at most.
class ExitCallback {
 public:
  ExitCallback(std::function<void()> callback, std::optional<int> priority);

  /// None: it does not run at the end of the process.
  [[nodiscard]] std::optional<int> priority() const noexcept { return priority_; }
  /// Whether this process registered it.
  [[nodiscard]] bool is_of_this_process() const noexcept;
  /// Whether it has been neither taken nor dropped.
  [[nodiscard]] bool is_pending() const noexcept { return pending_.load(); }
  /// Claims the right to run or drop it. True for one caller only.
  [[nodiscard]] bool claim() noexcept { return pending_.exchange(false); }
  /// The callback, for the caller that has claimed it.
  [[nodiscard]] std::function<void()> take() noexcept;
  /// Runs it if it is pending and of this process. Reports an exception on stderr.
  void run_reporting() noexcept;

 private:
  friend class ExitRegistry;

  std::function<void()> callback_;
  const std::optional<int> priority_;
  const int process_;         // The pid of the process that registered it.
  std::uint64_t number_ = 0;  // Set by the registry: its place among equals.
  std::atomic<bool> pending_{true};
};

/// Has the end of this process run `callback`. Returns what stands for it.
std::shared_ptr<ExitCallback> add_exit_callback(std::function<void()> callback, int priority);
/// Takes it back. Does nothing if it is not registered.
void remove_exit_callback(const ExitCallback& callback);

/// Does the three steps above. Python: `util._exit_function`.
void run_exit_callbacks() noexcept;

/// Has the exit(3) of a main process call `run_exit_callbacks`. Later calls do nothing.
void run_exit_callbacks_at_exit();

using AfterForkHooks = std::vector<std::function<void()>>;

/// The hooks for forked children. A parent copies them before fork(2).
[[nodiscard]] AfterForkHooks after_fork_hooks();

/// Adds a hook.
void add_after_fork_hook(std::function<void()> hook);

/// In a child: drops the callbacks of the parent, and goes on with `hooks`.
void forget_exit_callbacks(AfterForkHooks hooks);

/// In a child: runs the hooks. Logs the exceptions that they throw.
void run_after_fork_hooks() noexcept;

}  // namespace progeny::multiprocessing::detail
