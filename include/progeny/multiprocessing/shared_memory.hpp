#pragma once

// Memory that processes find by a name, and what can lie in it: Python's
// `multiprocessing.shared_memory`.

// IWYU pragma: begin_exports
#include <progeny/multiprocessing/shared_memory/shareable_list.hpp>
#include <progeny/multiprocessing/shared_memory/shareable_value.hpp>
#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>
// IWYU pragma: end_exports
