#pragma once

// Queues between processes: Python's `multiprocessing.queues`.

// IWYU pragma: begin_exports
#include <progeny/multiprocessing/queues/queue.hpp>
#include <progeny/multiprocessing/queues/simple_queue.hpp>
// IWYU pragma: end_exports
