#pragma once

// A child process: waiting for it, signalling it, and reaping it exactly once.

#include "base/deadline.hpp"
#include "platform/io/event.hpp"

#include <progeny/base/handle.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>

namespace progeny::platform {

/// What a process and those of its children that it has waited for took from the system.
struct ResourceUsage {
  std::chrono::microseconds user{};        ///< Time of a processor in the program.
  std::chrono::microseconds system{};      ///< Time of a processor in the kernel.
  std::uint64_t most_memory = 0;           ///< Most bytes of memory at once.
  std::uint64_t minor_faults = 0;          ///< Pages that were in memory already (POSIX).
  std::uint64_t major_faults = 0;          ///< Pages that had to be read; on Windows all.
  std::uint64_t voluntary_switches = 0;    ///< Times that it waited (POSIX).
  std::uint64_t involuntary_switches = 0;  ///< Times that its processor was taken (POSIX).
};

/// How a process ended.
struct ExitStatus {
  std::int64_t returncode = 0;  ///< The exit code; -N for death by signal N (POSIX).
  bool core_dumped = false;     ///< POSIX: whether it left a core dump.
  bool lost = false;  ///< Other code of this process reaped it, so how it ended is not known.
  ResourceUsage usage = {};                         ///< Zeros if `lost`.
  std::chrono::steady_clock::time_point seen_at{};  ///< When this process saw the end.
};

/// How a wait ended.
enum class WaitEnd : std::uint8_t { exited, timed_out, cancelled };

class ExitWatch;

/// The calling process's number.
[[nodiscard]] int current_pid() noexcept;

/// A handle of the calling process, for others to wait for its end and to signal it. None where the
/// system has no such thing or forbids it.
[[nodiscard]] Handle own_process_handle() noexcept;

/// Sends a signal to a process that is not this one's child, by its handle. No error if it has
/// ended. Without a handle the error is `function_not_supported`: its number may be another
/// process's by now.
std::error_code signal_process(native_handle process, int signal) noexcept;

/// The one owner of the right to reap a child.
///
///            the child ends             poll, wait, send_signal
///   running ----------------> not reaped -------------------------> reaped, status known
///
/// Until it is reaped, its number stays reserved. Reaping and signalling exclude each other by a
/// lock, so no signal reaches another process that got the number later. Waiting leaves the child
/// unreaped and holds no lock; it is reaped afterwards, under the lock.
///
/// Other code of the host may reap the child all the same, or ignore SIGCHLD. So the process handle
/// is used wherever there is one. Where only a number is left, the kernel is asked first, under the
/// lock, whether the number is still that of our child.
///
/// The handle is closed when the status is known and no thread waits by it, so a program may keep
/// any number of ended children.
/// - Threads: safe.
class Child {
 public:
  /// `process` becomes readable when the child has ended; it may be none. `tree` holds the child
  /// and its descendants together (a job of Windows); it may be none.
  Child(int pid, Handle process, Handle tree = {}) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Closes the handles; does nothing to the child.
  ~Child();

  /// The number of the child, also after it was reaped.
  [[nodiscard]] int pid() const noexcept { return pid_; }

  /// Whether this process made the child. False in a copy made by fork(2) since then.
  [[nodiscard]] bool is_ours() const noexcept;

  /// Reaps the child if it has ended. Returns nothing while it runs.
  std::optional<ExitStatus> poll() noexcept;

  /// The status if the child has been reaped, without looking again.
  [[nodiscard]] std::optional<ExitStatus> known() const noexcept;

  /// Waits until the child has ended, and does not reap it, so that its number and its group's stay
  /// reserved. `cancel` ends the wait when it is set; it may be null. Goes on after EINTR.
  /// - Throws: OSError if the system cannot wait.
  WaitEnd wait_ended(const detail::Deadline& deadline, const Event* cancel = nullptr);

  /// Waits as `wait_ended`, then reaps the child.
  WaitEnd wait(const detail::Deadline& deadline, const Event* cancel = nullptr);

  /// Sends a signal, unless the child has ended; then it reaps the child. No error in either case.
  std::error_code send_signal(int signal) noexcept;

  /// Keeps the means to signal the process group that the child leads, also after it has ended. To
  /// be called before the first wait. On kernels that cannot signal a group by a handle (before
  /// Linux 6.9) the child then stays unreaped until `kill_group` or the destructor, because its
  /// number is the group's.
  void keep_group() noexcept;

  /// Asks the process group that the child leads to end: SIGTERM, or CTRL_BREAK on Windows. Reaches
  /// the rest of the group after the child's end, too, if `keep_group` was called and no other code
  /// reaped the child. Otherwise it does nothing then: the number may be another group's.
  std::error_code terminate_group() noexcept;

  /// Kills the group, with the same limits. Windows: kills the tree, even after the child ended;
  /// without a tree, the child.
  std::error_code kill_group() noexcept;

  /// Asks the child and all that descend from it to end, as `platform::terminate_tree`. Nothing
  /// happens once the child has ended: its descendants are other processes' then.
  std::error_code terminate_tree();
  /// Kills the child and all that descend from it, as `platform::kill_tree`, with the same limit.
  std::error_code kill_tree();

  /// A handle that becomes readable when the child has ended. It is valid for as long as this
  /// object, which keeps it open from this call on.
  /// - Throws: OSError if the system has no descriptor or thread left for it.
  [[nodiscard]] native_handle exit_handle();

 private:
  class Waiting;
  [[nodiscard]] bool exit_handle_is_needed(const detail::Deadline& deadline,
                                           const Event* cancel) const noexcept;
  [[nodiscard]] native_handle exit_handle_locked();
  std::optional<ExitStatus> reap_locked() noexcept;
  void learn_status(const ExitStatus& status) noexcept;
  void let_go_of_number() noexcept;
  void close_unused_handle() noexcept;
  [[nodiscard]] bool number_is_ours() noexcept;
  std::error_code signal_group(int signal) noexcept;

  const int pid_;
  const int creator_;  // The process that made the child.
  const Handle tree_;
  mutable std::mutex mutex_;  // Guards what follows.
  Handle process_;
  std::unique_ptr<ExitWatch> watch_;  // Made when first needed, where `process_` is none.
  std::unique_ptr<Event> ended_;      // Set. The exit handle of a child whose own one was closed.
  std::optional<ExitStatus> status_;  // Set once, when the child has ended and that was seen.
  int waiting_ = 0;                   // Threads that wait by the exit handle.
  bool is_exported_ = false;          // `exit_handle` has given `process_` away.
  bool keeps_group_ = false;
  bool keeps_number_ = false;  // The child is to stay unreaped, for its group.
  bool is_unreaped_ = false;   // `status_` is known, and the child not reaped yet.
};

}  // namespace progeny::platform
