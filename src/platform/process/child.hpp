#pragma once

// A process of ours that has to be waited for, signalled, and reaped exactly once.

#include "base/deadline.hpp"
#include "platform/io/event.hpp"

#include <progeny/base/handle.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>

namespace progeny::platform {

/// How a process ended.
struct ExitStatus {
  std::int64_t returncode = 0;  ///< Exit code; -N for death by signal N (POSIX).
  bool core_dumped = false;
  bool lost = false;  ///< Somebody else reaped the process: how it ended is not known.
};

/// How a wait ended.
enum class WaitEnd : std::uint8_t { exited, timed_out, cancelled };

class ExitWatch;

/// The calling process's number.
[[nodiscard]] int current_pid() noexcept;

/// Sends a signal to a process that somebody else will reap, by its handle. No error if it has
/// ended. Where the handle is none: `function_not_supported`, as a number may be another's by now.
std::error_code signal_process(native_handle process, int signal) noexcept;

/// The one owner of the right to reap a child. All methods are safe from several threads.
///
/// Reaping and signalling exclude each other, so that no signal can reach a process that merely
/// inherited the number. Waiting happens outside the lock: it leaves the child unreaped, and then
/// reaps it under the lock.
class Child {
 public:
  /// `process` becomes readable when the child has ended; it may be none. `tree` is what holds its
  /// descendants, where the system has such a thing and it was asked for.
  Child(int pid, Handle process, Handle tree = {}) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Closes the handles; does nothing to the child.
  ~Child();

  [[nodiscard]] int pid() const noexcept { return pid_; }

  /// Whether this process made the child, rather than being a copy made by fork(2) since.
  [[nodiscard]] bool is_ours() const noexcept;

  /// Reaps the child if it has ended. Nothing while it runs.
  std::optional<ExitStatus> poll() noexcept;

  /// What `poll` or `wait` has learned, without looking again.
  [[nodiscard]] std::optional<ExitStatus> known() const noexcept;

  /// Waits until the child has ended, without reaping it, so that its number and its group's stay
  /// taken. `cancel` may be null. Throws OSError if it cannot wait.
  WaitEnd wait_ended(const detail::Deadline& deadline, const Event* cancel = nullptr);

  /// Waits as above, then reaps.
  WaitEnd wait(const detail::Deadline& deadline, const Event* cancel = nullptr);

  /// Sends a signal, unless the child has ended. No error if it vanishes meanwhile.
  std::error_code send_signal(int signal) noexcept;

  /// Asks the process group that the child leads to end, while its number is taken: SIGTERM, or
  /// CTRL_BREAK on Windows.
  std::error_code terminate_group() noexcept;

  /// Kills the group (on Windows the tree, if there is one).
  std::error_code kill_group() noexcept;

  /// A handle that becomes readable when the child has ended; valid as long as this object.
  /// Throws OSError if the system gives none.
  [[nodiscard]] native_handle exit_handle();

 private:
  [[nodiscard]] bool exit_handle_is_needed(const detail::Deadline& deadline,
                                           const Event* cancel) const noexcept;
  std::optional<ExitStatus> reap_locked() noexcept;
  std::error_code signal_group(int signal) noexcept;

  const int pid_;
  const int creator_;  // The process that made the child.
  const Handle process_;
  const Handle tree_;
  mutable std::mutex mutex_;          // Guards what follows.
  std::unique_ptr<ExitWatch> watch_;  // Made when first needed, where `process_` is none.
  std::optional<ExitStatus> status_;  // Set once, when the child has been reaped.
};

}  // namespace progeny::platform
