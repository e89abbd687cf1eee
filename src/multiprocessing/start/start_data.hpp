#pragma once

// What a child that is no copy is told of itself, in one file in memory.

#include "multiprocessing/process/exit_order.hpp"
#include "multiprocessing/process/logging.hpp"
#include "multiprocessing/process/process_core.hpp"

#include <progeny/base/handle.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace progeny::multiprocessing::detail {

/// Everything but the handles, which travel beside it.
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
  std::string folder;             ///< The working folder.
  std::string entry;              ///< A `serial::token_of`; empty: nothing is to be done.
  std::string arguments;          ///< What that function is given.
  std::vector<int> numbers = {};  ///< Under `spawn`: the handles that came by inheritance.
};

/// A child's data, and the handles that its arguments hold (borrowed from `task`).
struct Departure {
  StartData data;
  std::vector<native_handle> handles;
  std::unique_ptr<Task> task;
  serial::Claims claims;  ///< On what the arguments refer to; given back if there is no child.
};

/// Does what brings a departure to its child. If that throws, there is no child.
template <class Send>
auto send_off(Departure& departure, const Send& send) {
  auto sent = send();
  departure.claims.mark_sent();
  return sent;
}

/// Encodes all that `process` needs. Throws RuntimeError if its task cannot travel.
[[nodiscard]] Departure prepare(Process& process, ProcessCore& core, StartMethod method);

/// In the child: becomes the process that `data` tells of, does its work, and ends.
[[noreturn]] void live_by(StartData data,
                          std::vector<Handle> handles,
                          native_handle lifeline,
                          AfterForkHooks hooks = {}) noexcept;

}  // namespace progeny::multiprocessing::detail
