#pragma once

// What processes wait for each other with: Python's `multiprocessing.synchronize`.

#include <progeny/multiprocessing/barrier.hpp>
#include <progeny/multiprocessing/condition.hpp>
#include <progeny/multiprocessing/event.hpp>
#include <progeny/multiprocessing/lock.hpp>
#include <progeny/multiprocessing/semaphore.hpp>
