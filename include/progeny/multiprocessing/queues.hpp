#pragma once

// Queues between processes: Python's `multiprocessing.queues`.

#include <progeny/multiprocessing/queues/queue.hpp>
#include <progeny/multiprocessing/queues/simple_queue.hpp>
