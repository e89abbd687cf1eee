#pragma once

// Functions that run in processes of their own, and what these say to each other: Python's
// `multiprocessing`.

// IWYU pragma: begin_exports
#include <progeny/multiprocessing/connection.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/forkserver.hpp>
#include <progeny/multiprocessing/logging.hpp>
#include <progeny/multiprocessing/managers.hpp>
#include <progeny/multiprocessing/pool.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/queues.hpp>
#include <progeny/multiprocessing/reduction.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>
#include <progeny/multiprocessing/shared_memory.hpp>
#include <progeny/multiprocessing/shared_memory_manager.hpp>
#include <progeny/multiprocessing/sharedctypes.hpp>
#include <progeny/multiprocessing/spawn.hpp>
#include <progeny/multiprocessing/synchronize.hpp>
#include <progeny/multiprocessing/util.hpp>
#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/register_exception.hpp>
// IWYU pragma: end_exports
