#pragma once

// Values and arrays that several processes share: Python's `multiprocessing.sharedctypes`.
// Containers are apart, because Boost makes them slow to compile: see
// <progeny/multiprocessing/sharedctypes/shared_containers.hpp>.

// IWYU pragma: begin_exports
#include <progeny/multiprocessing/sharedctypes/array.hpp>
#include <progeny/multiprocessing/sharedctypes/raw_array.hpp>
#include <progeny/multiprocessing/sharedctypes/repr.hpp>
#include <progeny/multiprocessing/sharedctypes/slice.hpp>
#include <progeny/multiprocessing/sharedctypes/typecode.hpp>
#include <progeny/multiprocessing/sharedctypes/value.hpp>
// IWYU pragma: end_exports
