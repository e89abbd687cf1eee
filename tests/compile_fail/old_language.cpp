// K: a forgotten -std=c++20.

#include <progeny/subprocess.hpp>
