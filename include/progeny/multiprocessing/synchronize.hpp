#pragma once

// Locks and everything else by which processes wait for each other: Python's
// `multiprocessing.synchronize`.

// IWYU pragma: begin_exports
#include <progeny/multiprocessing/synchronize/barrier.hpp>
#include <progeny/multiprocessing/synchronize/condition.hpp>
#include <progeny/multiprocessing/synchronize/event.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>
#include <progeny/multiprocessing/synchronize/semaphore.hpp>
// IWYU pragma: end_exports
