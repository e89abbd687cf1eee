#pragma once

// What a `Process` stands for, and what this process knows of itself and its children.

#include "base/deadline.hpp"
#include "multiprocessing/memory/shared_block.hpp"
#include "multiprocessing/process/popen.hpp"

#include <progeny/multiprocessing/process.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace progeny::multiprocessing::detail {

/// One process: one that will run, runs or has run, this process itself, or its parent.
class ProcessCore {
 public:
  std::mutex mutex;  ///< Guards what follows but for what is said to be constant.

  std::string name;
  bool daemon = false;
  std::optional<bool> die_with_parent;
  std::string authkey;
  /// The number that its creator gave it, with the creator's own in front. Constant.
  std::vector<int> identity;
  int creator = 0;                    ///< The process that made this object. Constant.
  std::optional<StartMethod> method;  ///< That of its context; none for the default one.
  std::unique_ptr<Task> task;         ///< Until it is started.
  std::shared_ptr<Popen> popen;       ///< From its start to its closing.
  Keeping::Kept kept;                 ///< Until its end is seen: shared memory of its arguments.
  bool closed = false;
  bool started = false;
  /// For this process and its parent, which nobody here has started.
  std::optional<int> foreign_pid;
};

/// What a process knows of itself. Made anew in each copy of a process.
class OwnProcess {
 public:
  /// For a main process.
  OwnProcess();
  /// For a child.
  OwnProcess(std::shared_ptr<ProcessCore> child, std::shared_ptr<ProcessCore> creator) noexcept;

  std::mutex mutex;                                    ///< Guards what follows.
  std::shared_ptr<ProcessCore> current;                ///< Constant.
  std::shared_ptr<ProcessCore> parent;                 ///< Constant; null in a main process.
  std::vector<std::shared_ptr<ProcessCore>> children;  ///< Started, and not known to have ended.
  int created = 0;                                     ///< How many processes have got a number.
  bool is_main = true;                                 ///< Constant.
};

/// Of this process. Never destroyed, since static destructors may ask for it.
[[nodiscard]] OwnProcess& own_process();

/// Makes this process, a child, `current`, and forgets what it has copied of its parent's.
void become(std::shared_ptr<ProcessCore> current, std::shared_ptr<ProcessCore> parent);

/// A new process without anything but what it inherits from the current one.
[[nodiscard]] std::shared_ptr<ProcessCore> make_core(const ProcessOptions& options,
                                                     std::unique_ptr<Task> task);

/// Has `method` start it; it is renamed if its name is the default one.
void bind_to_method(ProcessCore& core, std::optional<StartMethod> method);

/// Forgets children that have ended. Returns those that have not.
std::vector<std::shared_ptr<ProcessCore>> running_children();

/// At the end of the process: terminates the daemonic children, then joins all.
void end_children() noexcept;

/// The way into what `Process` keeps to itself.
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
