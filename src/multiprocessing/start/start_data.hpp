#pragma once

// What a child that is not a forked copy is told of itself: one file in memory, beside handles.
//
//     parent: prepare(process) -> PreparedChild --by spawn or forkserver--> child: run_child(data)

#include "multiprocessing/memory/lease.hpp"
#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/process/logging.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/start/child_handles.hpp"
#include "multiprocessing/start/start_method.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/serial/message.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

/// The content of the file.
struct StartData {
  std::string parent_name;
  int parent_pid = 0;
  std::string name;
  bool daemon = false;
  bool dies_with_parent = false;
  std::vector<int> identity;
  std::string authkey;
  StartMethod method = StartMethod::spawn;
  LogSettings log;
  std::optional<std::string> temp_dir;
  std::string folder;      ///< The working folder; empty for the process's own.
  std::string entry;       ///< The `serial::token_of` the function to call. Empty: there is none.
  std::string arguments;   ///< The encoded arguments of that function.
  std::size_t leases = 0;  ///< How many of the last handles are ends of leases.
};

/// A child that can be started.
struct PreparedChild {
  StartData data;
  std::vector<native_handle> handles;  ///< Those of the arguments, which are the task's; leases.
  std::unique_ptr<Task> task;          ///< Of a subclass; null for a plain `Process`.
  Lease lease;                         ///< Of the shared memory among the arguments.
};

/// Encodes what `process` needs. Throws RuntimeError if its target or an argument cannot travel.
[[nodiscard]] PreparedChild prepare(Process& process, ProcessCore& core, StartMethod method);

/// Calls `send`, which brings `prepared` to its child. If it throws, there is no child, and the
/// lease is over.
template <class Send>
StartedChild hand_over(PreparedChild& prepared, const Send& send) {
  std::shared_ptr<Popen> popen = send();
  prepared.lease.close_child_end();
  return {.popen = std::move(popen), .lease = std::move(prepared.lease)};
}

/// In the child: becomes the process that `data` describes, runs its target, and ends.
[[noreturn]] void run_child(StartData data,
                            ChildHandles<Handle> handles,
                            AfterForkHooks hooks = {}) noexcept;

}  // namespace progeny::multiprocessing::detail
