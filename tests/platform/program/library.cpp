// A shared library for the tests of modules: a function and some data.

// NOLINTBEGIN(misc-use-internal-linkage): the tests look them up.
extern "C" int progeny_test_double(int number) {
  return 2 * number;
}

extern "C" const char progeny_test_word[] = "a word in a library";
// NOLINTEND(misc-use-internal-linkage)
