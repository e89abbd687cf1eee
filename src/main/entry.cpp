// Calls `freeze_support` before the `main` of a program that does not call it.
//
// The linker option --wrap=main (ld(1)) makes each call of `main` a call of `__wrap_main`, and
// gives the program's own `main` the name `__real_main`. As in `main`, all static objects are
// constructed.

#include <progeny/multiprocessing/spawn.hpp>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming,cert-dcl37-c,cert-dcl51-cpp):
// the linker's names.
extern "C" int __real_main(int argc, char** argv, char** environment);

extern "C" int __wrap_main(int argc, char** argv, char** environment) {
  progeny::multiprocessing::freeze_support(argc, argv);
  return __real_main(argc, argv, environment);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming,cert-dcl37-c,cert-dcl51-cpp)
