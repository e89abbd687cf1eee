#pragma once

// What processes wait for each other with: Python's `multiprocessing.synchronize`.

#include <progeny/multiprocessing/lock.hpp>
