#pragma once

// Python's pickles: values that a program shares with Python.

#include <progeny/pickle/pickle.hpp>
#include <progeny/pickle/value.hpp>
