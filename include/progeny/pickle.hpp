#pragma once

// Python's pickles: values that a program shares with Python.

#include <progeny/pickle/convert.hpp>
#include <progeny/pickle/kind.hpp>
#include <progeny/pickle/objects.hpp>
#include <progeny/pickle/pickle.hpp>
#include <progeny/pickle/types.hpp>
#include <progeny/pickle/value.hpp>
