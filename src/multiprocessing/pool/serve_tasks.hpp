#pragma once

// What a worker does from its start to its end.

#include "multiprocessing/pool/transport.hpp"
#include "multiprocessing/pool/worker_life.hpp"

namespace progeny::multiprocessing::detail {

/// Serves tasks of other processes: calls the initializer, then runs tasks until the channel is
/// closed. An exception that ends a process (SystemExit) passes through.
///
/// `initializer` is called with `run`. Throws what the transport throws.
void serve_calls(WorkerPort& port, const WorkerSetup& setup);

/// The same for a thread: tasks are PoolThunks.
void serve_thunks(WorkerPort& port, const WorkerSetup& setup);

}  // namespace progeny::multiprocessing::detail
