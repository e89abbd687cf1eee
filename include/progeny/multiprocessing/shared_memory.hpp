#pragma once

// Shared memory with a name, and lists in such memory: Python's `multiprocessing.shared_memory`.

// IWYU pragma: begin_exports
#include <progeny/multiprocessing/shared_memory/shareable_list.hpp>
#include <progeny/multiprocessing/shared_memory/shareable_value.hpp>
#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>
// IWYU pragma: end_exports
