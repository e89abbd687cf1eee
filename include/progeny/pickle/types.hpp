#pragma once

// The types of the language and the standard library, as values of Python.

#include <progeny/pickle/types/alternatives.hpp>
#include <progeny/pickle/types/classes.hpp>
#include <progeny/pickle/types/containers.hpp>
#include <progeny/pickle/types/scalars.hpp>
