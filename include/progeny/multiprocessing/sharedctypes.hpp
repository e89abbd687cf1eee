#pragma once

// Values and arrays that several processes see: Python's `multiprocessing.sharedctypes`.

#include <progeny/multiprocessing/array.hpp>
#include <progeny/multiprocessing/raw_array.hpp>
#include <progeny/multiprocessing/typecode.hpp>
#include <progeny/multiprocessing/value.hpp>
