#include "serial/peer/library.hpp"

int progeny_test_triple(int number) {
  return 3 * number;
}

void progeny_test_lambda(progeny::serial::Function* function) {
  *function = progeny::testing::function_of([](int number) { return number + 1000; });
}
