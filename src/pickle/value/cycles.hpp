#pragma once

#include <progeny/pickle/value.hpp>

#include <vector>

namespace progeny::pickle::detail {

// Lets the values that close a cycle not own their nodes. `first` owns all that it reaches, from
// there on; the others come after it.
void open_cycles(Value& first, std::vector<Value>& others);

}  // namespace progeny::pickle::detail
