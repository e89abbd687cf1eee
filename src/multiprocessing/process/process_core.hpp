#pragma once

// What a `Process` stands for, and what this process knows of itself and its children.

#include "multiprocessing/memory/lease.hpp"
#include "multiprocessing/process/popen.hpp"

#include <progeny/multiprocessing/process.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

/// One process: a child of this process, this process itself, or its parent.
///
///     initial --start()--> started --its end is seen--> stopped --close()--> closed
///
/// `started` is set by `start()` before the child exists; `popen` is set once it does. This process
/// and its parent are `started` from the beginning and have a `foreign_pid`.
class ProcessCore {
 public:
  std::mutex mutex;  ///< Guards every member that is not marked as constant.

  std::string name;
  bool daemon = false;
  std::optional<bool> die_with_parent;
  std::string authkey;
  /// The numbers of its ancestors, each counted by its creator, then its own. Constant.
  std::vector<int> identity;
  int creator = 0;  ///< The pid of the process that made this object. 0: the parent. Constant.
  std::optional<StartMethod> method;  ///< Its context's. None: that of the default context.
  std::unique_ptr<Task> task;         ///< Until it has been started.
  std::shared_ptr<Popen> popen;       ///< From its start until `close()`.
  Lease lease;                        ///< Shared memory of its arguments, until its end is seen.
  bool closed = false;
  bool started = false;
  std::optional<int> foreign_pid;  ///< Of a process that this process did not start.
};

/// Python's name of the class of a process with this start method: `ForkProcess`, `Process`, ...
[[nodiscard]] std::string_view class_name(const std::optional<StartMethod>& method) noexcept;

/// Throws ValueError if the process is closed. The caller holds the mutex.
void require_open(const ProcessCore& core);

/// What a process knows of itself. A child replaces what it has copied from its parent.
class OwnProcess {
 public:
  /// For a main process.
  OwnProcess();
  /// For a child.
  OwnProcess(std::shared_ptr<ProcessCore> child, std::shared_ptr<ProcessCore> creator) noexcept;

  std::mutex mutex;                      ///< Guards every member that is not marked as constant.
  std::shared_ptr<ProcessCore> current;  ///< Constant.
  std::shared_ptr<ProcessCore> parent;   ///< Constant. Null in a main process.
  /// The children that were started and are not yet known to have ended.
  std::vector<std::shared_ptr<ProcessCore>> children;
  /// Those of children that have ended before their descendants.
  std::vector<Lease> outlived;
  int created = 0;      ///< How many `Process` objects have been numbered here.
  bool is_main = true;  ///< Constant.
};

/// What this process knows of itself. Never destroyed.
[[nodiscard]] OwnProcess& own_process();

/// Makes this process, a child, `current`. Forgets what was copied from the parent.
void become(std::shared_ptr<ProcessCore> current, std::shared_ptr<ProcessCore> parent);

/// A new child, not started. Takes from the current process what `options` leaves open.
[[nodiscard]] std::shared_ptr<ProcessCore> make_core(const ProcessOptions& options,
                                                     std::unique_ptr<Task> task);

/// Sets the start method. A default name changes with it. Throws UsageError after the start.
void bind_to_method(ProcessCore& core, std::optional<StartMethod> method);

/// The authentication key of this process: the one that was set, else the creator's, else, in a
/// main process, 32 random bytes that the first call makes.
[[nodiscard]] std::string current_authkey();
void set_current_authkey(const std::string& key);

/// The children that still run. Reaps and forgets the others, and ends the leases that are over.
std::vector<std::shared_ptr<ProcessCore>> running_children();

/// Takes the lease of a child that has ended.
void outlive(Lease lease);

/// For the end of the process: terminates the daemonic children, then joins all. Kills the daemonic
/// ones that have not ended after a grace, such as one that ignores SIGTERM or is stopped.
void end_children() noexcept;

/// Gives the library access to the private parts of `Process`.
class ProcessAccess {
 public:
  [[nodiscard]] static Process handle(std::shared_ptr<ProcessCore> core) {
    return Process(std::move(core));
  }
  [[nodiscard]] static const std::shared_ptr<ProcessCore>& core(const Process& process) {
    return process.core_;
  }
  static void replace(Process& process, std::shared_ptr<ProcessCore> core) {
    process.core_ = std::move(core);
  }
  [[nodiscard]] static std::unique_ptr<Task> portable_task(Process& process) {
    return process.portable_task();
  }
};

}  // namespace progeny::multiprocessing::detail
