#pragma once

// Values and arrays that several processes see: Python's `multiprocessing.sharedctypes`.

// IWYU pragma: begin_exports
#include <progeny/multiprocessing/sharedctypes/array.hpp>
#include <progeny/multiprocessing/sharedctypes/raw_array.hpp>
#include <progeny/multiprocessing/sharedctypes/typecode.hpp>
#include <progeny/multiprocessing/sharedctypes/value.hpp>
// IWYU pragma: end_exports
