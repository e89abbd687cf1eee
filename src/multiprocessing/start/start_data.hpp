#pragma once

// What a child that is not a forked copy is told of itself: one file in memory, beside handles.
//
//     parent: prepare(process) -> PreparedChild --by spawn or forkserver--> child: run_child(data)

#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/process/logging.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/start/child_handles.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/serial/message.hpp>

#include <memory>
#include <optional>
#include <string>
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
  std::string folder;     ///< The working folder.
  std::string entry;      ///< The `serial::token_of` the function to call. Empty: there is none.
  std::string arguments;  ///< The encoded arguments of that function.
};

/// A child that can be started.
struct PreparedChild {
  StartData data;
  std::vector<native_handle> handles;  ///< Those of the arguments. They are the task's.
  std::unique_ptr<Task> task;          ///< Of a subclass; null for a plain `Process`.
  serial::Claims claims;               ///< On what the arguments refer to.
};

/// Encodes what `process` needs. Throws RuntimeError if its target or an argument cannot travel.
[[nodiscard]] PreparedChild prepare(Process& process, ProcessCore& core, StartMethod method);

/// Calls `send`, which brings `prepared` to its child. If it throws, there is no child, and the
/// claims are given back.
template <class Send>
auto hand_over(PreparedChild& prepared, const Send& send) {
  auto sent = send();
  prepared.claims.mark_sent();
  return sent;
}

/// In the child: becomes the process that `data` describes, runs its target, and ends.
[[noreturn]] void run_child(StartData data,
                            ChildHandles<Handle> handles,
                            AfterForkHooks hooks = {}) noexcept;

}  // namespace progeny::multiprocessing::detail
