#pragma once

// Python's `multiprocessing.dummy`: the same names with threads of this process behind them. A
// program changes over by `namespace mp = progeny::multiprocessing::dummy;`.
//
// Nothing is encoded and nothing copied: objects are moved. Locks are those of multiprocessing,
// which threads share as processes do.

#include <progeny/multiprocessing/dummy/connection.hpp>  // IWYU pragma: export
#include <progeny/multiprocessing/dummy/manager.hpp>     // IWYU pragma: export
#include <progeny/multiprocessing/dummy/process.hpp>     // IWYU pragma: export
#include <progeny/multiprocessing/dummy/queue.hpp>       // IWYU pragma: export
#include <progeny/multiprocessing/pool.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

namespace progeny::multiprocessing::dummy {

// The exceptions, too.
using multiprocessing::AuthenticationError;
using multiprocessing::BufferTooShort;
using multiprocessing::ProcessError;
using multiprocessing::TimeoutError;

using multiprocessing::Barrier;
using multiprocessing::BoundedSemaphore;
using multiprocessing::Condition;
using multiprocessing::Event;
using multiprocessing::Lock;
using multiprocessing::RLock;
using multiprocessing::Semaphore;

/// A pool of threads.
/// - Python: `multiprocessing.dummy.Pool`.
using Pool = pool::ThreadPool;

/// Does nothing: a thread needs no way in.
/// - Python: `multiprocessing.dummy.freeze_support`.
inline void freeze_support() noexcept {}
/// The same, for a program that passes its arguments.
inline void freeze_support(int /*argc*/, char** /*argv*/) noexcept {}

}  // namespace progeny::multiprocessing::dummy
