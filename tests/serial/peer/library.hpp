#pragma once

// Functions in shared libraries, of which one is linked and one loaded while the program runs.

#include <progeny/serial/function.hpp>

namespace progeny::testing {

/// What the tests call functions by.
template <class Callable>
struct WithNumber {
  static int call(serial::CodeAddress callee, int number) {
    return serial::callable_from<Callable>(callee)(number);
  }
};

using CallWithNumber = int(serial::CodeAddress, int);

template <class Callable>
serial::Function function_of(const Callable& callable) {
  return {.descriptor = &serial::descriptor_of<WithNumber<Callable>>(),
          .callee = serial::callee_of(callable)};
}

}  // namespace progeny::testing

extern "C" {
/// 3 * number.
[[gnu::visibility("default")]] int progeny_test_triple(int number);
/// A lambda that exists in the library alone: number + 1000.
[[gnu::visibility("default")]] void progeny_test_lambda(progeny::serial::Function* function);
}
