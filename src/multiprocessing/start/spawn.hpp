#pragma once

// Workers: processes that run this program anew and read from a file what they are to do.
//
//     parent                                          worker (this program, before the user's main)
//       | writes a file in memory: WorkerData           .
//       | launches /proc/self/exe, which inherits       .
//       |   the file and the handles in it -----------> | finds the number of the file in its last
//       |                                               |   argument (worker_mark.hpp)
//       |                                               | reads the file, takes the handles
//       |                                               | becomes a child, or a forkserver
//
// This side of it is spawn.cpp, the other one is worker.cpp.

#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/start/forkserver_server.hpp"
#include "multiprocessing/start/start_data.hpp"

#include <progeny/detail/config.hpp>

#include <memory>
#include <variant>
#include <vector>

namespace progeny::multiprocessing::detail {

/// What a worker becomes: the child of a `Process`, or a forkserver.
using WorkerRole = std::variant<StartData, ServerData>;

/// The content of the file.
struct WorkerData {
  WorkerRole role;
  /// The numbers of the inherited handles. For a child: in the order of `ChildHandles`. For a
  /// forkserver: the socket by which requests come.
  std::vector<int> handles;
};

/// Starts a worker. It inherits `handles`, which stay the caller's. Throws OSError.
[[nodiscard]] std::shared_ptr<OwnChild> start_worker(WorkerRole role,
                                                     const std::vector<native_handle>& handles);

}  // namespace progeny::multiprocessing::detail
